"""`exercise` and `solution`: one test, linked with what the learner writes and with a reference.

  //exercises:NAME            the header: what is to be written, and its rules
  //exercises:NAME_test       NAME_test.cc with exercises/NAME.cc; fails until that is written
  //exercises/solutions:NAME_test   the same test with exercises/solutions/NAME.cc; passes

All are `manual`, so `bazel test //...` leaves them alone.
"""

load("@rules_cc//cc:defs.bzl", "cc_library")
load("//bazel:test.bzl", "spec_test")

def exercise(name, deps = [], test_deps = []):
    """Declares the header, the test of the skeleton, and the test's source for solution().

    Args:
      name: of the header, the skeleton and the test.
      deps: what the header includes.
      test_deps: what test and skeleton include besides.
    """
    cc_library(
        name = name,
        hdrs = [name + ".h"],
        tags = ["manual"],
        deps = deps,
    )
    spec_test(
        name = name + "_test",
        srcs = [
            name + ".cc",
            name + "_test.cc",
        ],
        tags = ["manual"],
        deps = [":" + name] + deps + test_deps,
    )
    native.exports_files([name + "_test.cc"])

def solution(name, deps):
    """The test of exercise `name` with the reference; `deps` are those of both."""
    spec_test(
        name = name + "_test",
        srcs = [
            name + ".cc",
            "//exercises:" + name + "_test.cc",
        ],
        tags = ["manual"],
        deps = ["//exercises:" + name] + deps,
    )
