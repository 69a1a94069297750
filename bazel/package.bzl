"""What every library folder ends with: `end_of_package()`.

It collects the libraries declared so far, so that no list has to be kept by hand:
  :libraries   all of them, for the query that draws the arrows (//tests:architecture_test)
  :sources     every file, for the rules that //tests:source_rules_test reads them by; a package
               of demos, tests or benchmarks declares only this one, by `sources_of_package()`
  :headers_compile_alone   one translation unit per header, with nothing else included; a header
               whose source stands beside it compiles alone there, since each includes its own
               first (//tests:source_rules_test)
"""

load("@rules_cc//cc:defs.bzl", "cc_library")

def sources_of_package():
    """Declares `:sources`, every file with words in it, for tests that read the tree."""
    native.filegroup(
        name = "sources",
        srcs = native.glob(["*.h", "*.cc", "*.S", "*.md", "*.txt"], allow_empty = True),
        visibility = ["//tests:__subpackages__"],
    )

def end_of_package():
    """Declares `:libraries`, `:sources` and `:headers_compile_alone` from what stands before it."""
    libraries = []
    headers = []
    for name, rule in native.existing_rules().items():
        if rule["kind"] != "cc_library":
            continue
        libraries.append(":" + name)
        headers += [str(h)[str(h).rfind(":") + 1:] for h in rule.get("hdrs", [])]

    native.filegroup(
        name = "libraries",
        srcs = libraries,
        visibility = ["//tests:__subpackages__"],
    )

    sources_of_package()

    sources = native.glob(["*.cc"], allow_empty = True)
    translation_units = []
    for header in headers:
        if header[:-len(".h")] + ".cc" in sources:
            continue
        source = "alone_" + header.replace("/", "_") + ".cc"
        native.genrule(
            name = "make_" + source,
            outs = [source],
            cmd = "echo '#include \"%s/%s\"' > $@" % (native.package_name(), header),
        )
        translation_units.append(source)
    cc_library(
        name = "headers_compile_alone",
        srcs = translation_units,
        deps = libraries,
        visibility = ["//tests:__subpackages__"],
    )
