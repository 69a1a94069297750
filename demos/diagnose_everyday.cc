#include "demos/diagnose_everyday.h"

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <vector>

#include "demos/diagnose_judge.h"
#include "demos/diagnose_lookout.h"
#include "demos/diagnose_watch.h"
#include "demos/support/report.h"
#include "demos/support/scratch_folder.h"

namespace demos {

namespace {

constexpr int kLines = 150'000;
constexpr int kFolders = 40;
constexpr int kFilesInEach = 100;

// Words that compress and sort as words do, the same in each run.
void write_words(const std::string& path, int lines, uint64_t seed) {
  static constexpr std::string_view kSyllables[] = {
      "ka", "ro", "ti",  "mu", "sel", "no", "pri", "da",
      "ve", "lu", "gon", "fi", "tra", "be", "sco", "wy"};
  std::ofstream file(path);
  std::string text;
  for (int line = 0; line < lines; ++line) {
    for (int syllable = 0; syllable < 12; ++syllable) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      text += kSyllables[seed >> 60];
      text += syllable % 3 == 2 ? " " : "";
    }
    text.back() = '\n';
  }
  file << text;
}

void make_files(const std::string& folder) {
  write_words(folder + "/words", kLines, 1);
  for (int i = 0; i < kFolders; ++i) {
    const std::string inner = folder + "/tree/" + std::to_string(i);
    std::filesystem::create_directories(inner);
    for (int j = 0; j < kFilesInEach; ++j) {
      write_words(inner + "/" + std::to_string(j), 20,
                  static_cast<uint64_t>(i * kFilesInEach + j));
    }
  }
}

// As they are typed; the folder is the one they are typed in.
constexpr const char* kCommands[] = {
    "ls -lR /usr/share /usr/lib",
    "find /usr -newer words",
    "du -s /usr",
    "grep -rl wysco tree tree tree tree",
    "cp -r tree copy",
    "tar cf tree.tar tree tree tree",
    "cat words words words words words words words words >all; cat all >twice",
    "sort -o sorted words",
    "gzip -k words",
    "gzip -dc words.gz | sort | uniq -c >counts",
    "sleep 0.5",
};

std::string remark(const Watched& watched, const Judgement& judgement) {
  if (watched.exit_code != 0) {
    return watched.exit_code < 0
               ? "ended by signal " + std::to_string(-watched.exit_code)
               : "ended with code " + std::to_string(watched.exit_code);
  }
  return judgement.choice ? judgement.advice() : "too short to judge";
}

}  // namespace

std::string everyday_commands(const Rule& rule) {
  const support::ScratchFolder folder;
  make_files(folder.path());
  support::Progress progress(STDERR_FILENO);
  support::Table rows(
      {"command", "wall s", "user", "system", "CPU share", "mean wait ms"});
  int busy = 0;
  int all = 0;
  for (const char* command : kCommands) {
    progress.show(command);
    const Watched watched =
        watch({"/bin/sh", "-c",
               "cd " + folder.path() + " && { " + command + "; } >/dev/null"});
    const scheduler::Facts facts = watched.facts();
    const Judgement judgement = judge(watched, rule);
    const bool counts = watched.exit_code == 0 && judgement.choice;
    rows.add(
        {command, support::fixed(watched.wall_s, 2),
         support::fixed(watched.user_s, 2), support::fixed(watched.system_s, 2),
         support::fixed(facts.cpu_share, 2),
         support::fixed(facts.mean_wait_ms, 1)},
        remark(watched, judgement));
    all += counts ? 1 : 0;
    busy += counts && judgement.choice->row->advice == "processes" ? 1 : 0;
  }
  progress.clear();
  const std::string found = "of " + std::to_string(all) +
                            " everyday commands " + std::to_string(busy) +
                            " are CPU-bound";
  return rows.text() + "\n" +
         support::verdict("C-055", (2 * busy < all ? "wrong here: "
                                                   : "not "
                                                     "shown: ") +
                                       found) +
         "\n";
}

}  // namespace demos
