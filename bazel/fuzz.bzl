"""`fuzz_test`: what a program reads from strangers, fed with bytes of a fuzzer's making."""

load("@rules_cc//cc:defs.bzl", "cc_binary")
load("//bazel:test.bzl", "spec_test")

def fuzz_test(name, deps):
    """NAME_fuzz.cc, which defines LLVMFuzzerTestOneInput, and the seeds in NAME_corpus/, twice:

      NAME_fuzz          libFuzzer looks for new inputs. Clang only, so it is `manual`;
                         and all that reads must be compiled to be watched, or
                         it looks in the dark: hence a configuration of its own
        bazel run --config=fuzz //tests/ipc:codec_fuzz -- -max_total_time=10 NEW_SEEDS \\
            $PWD/tests/ipc/codec_corpus
      NAME_corpus_test   the seeds, and changes to them under a fixed seed, with any compiler

    Args:
      name: what is read.
      deps: what NAME_fuzz.cc includes.
    """
    cc_binary(
        name = name + "_fuzz",
        testonly = True,
        srcs = [name + "_fuzz.cc"],
        linkopts = ["-fsanitize=fuzzer,address"],
        tags = ["manual"],  # g++ has no fuzzer
        deps = deps,
    )
    spec_test(
        name = name + "_corpus_test",
        srcs = [
            name + "_fuzz.cc",
            "//tests/support:corpus_test.cc",
        ],
        data = native.glob([name + "_corpus/*"]),
        local_defines = ["CORPUS=\\\"" + native.package_name() + "/" + name + "_corpus\\\""],
        deps = deps,
    )
