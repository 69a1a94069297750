"""Debian's copy of rules_cc, mended so that Debian's own Bazel 4.2.3 can load it.

Two of its files import `use_cpp_toolchain`, which Bazel has only since 5.0. In 4.2.3 the call
stands for the toolchain type written out, and that is what we put in its place.
"""

_NEEDS_MENDING = [
    "cc/private/rules_impl/cc_flags_supplier.bzl",
    "cc/private/rules_impl/compiler_flag.bzl",
]

def _debian_rules_cc_impl(repository_ctx):
    source = repository_ctx.path("/usr/share/bazel/rules/cc")
    if not source.exists:
        fail("Debian's package bazel-rules-cc is missing; run ./bazelw once to install it")
    copied = repository_ctx.execute(["cp", "-rL", str(source) + "/.", "."])
    if copied.return_code != 0:
        fail("cp of Debian's rules_cc failed: " + copied.stderr)
    for name in _NEEDS_MENDING:
        text = repository_ctx.read(name)
        text = text.replace(", \"use_cpp_toolchain\"", "")
        text = text.replace("use_cpp_toolchain()", "[\"@bazel_tools//tools/cpp:toolchain_type\"]")
        repository_ctx.file(name, text)

debian_rules_cc = repository_rule(
    implementation = _debian_rules_cc_impl,
    local = True,
)
