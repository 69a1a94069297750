"""`spec_test`: a GoogleTest whose every case is checked for leaks."""

load("@rules_cc//cc:defs.bzl", "cc_test")

def spec_test(name, deps = [], timeout = "short", **kwargs):
    """A cc_test with GoogleTest, the leak listener, and 60 s to end in.

    Tags in use:
      stress    has threads, processes or signals: run 200 times by --config=stress
      programs  starts dozens of whole programs, each of which has tests of its
                own: left out by --config=stress
      measures  compares real times: not run under sanitizers nor in stress, and
                tried three times where it runs, since a neighbour on the
                machine can spoil any one measurement
      soak      thousands of what a test of the same source does a few times:
                also `manual`, and run once by .ci/run
      no_asan, no_tsan   cannot run there; the reason stands in a comment

    Args:
      name: the target, named after the file it tests.
      deps: what the test includes besides GoogleTest.
      timeout: finds hangs early.
      **kwargs: as for cc_test.
    """
    cc_test(
        name = name,
        srcs = kwargs.pop("srcs", [name + ".cc"]),
        deps = deps + [
            "//tests/support:test_main",
            "@googletest//:gtest",
        ],
        data = kwargs.pop("data", []) + ["//tests/support:tsan.supp"],
        timeout = timeout,
        flaky = kwargs.pop("flaky", "measures" in kwargs.get("tags", [])),
        **kwargs
    )
