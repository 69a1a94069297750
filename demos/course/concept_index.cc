#include "demos/course/concept_index.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace demos::course {

namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream words(text);
  return {std::istream_iterator<std::string>(words), {}};
}

bool is_id(const std::string& word) {
  return word.size() == 5 && word.starts_with("C-") &&
         std::all_of(word.begin() + 2, word.end(),
                     [](unsigned char c) { return std::isdigit(c) != 0; });
}

bool is_document(const std::string& word) {
  return word.size() == 2 && word[0] == 'D' && word[1] >= '0' && word[1] <= '4';
}

// Reads lines and knows where it is.
class Lines {
 public:
  Lines(std::istream& text, std::string name)
      : text_(text), name_(std::move(name)) {}

  // The next line that is neither empty nor a comment.
  bool next(std::string& line) {
    while (std::getline(text_, line)) {
      ++number_;
      if (!line.empty() && line[0] != '#') {
        return true;
      }
    }
    return false;
  }

  [[noreturn]] void refuse(const std::string& sentence) const {
    throw std::runtime_error(name_ + ":" + std::to_string(number_) + ": " +
                             sentence);
  }

  void need(bool ok, const std::string& sentence) const {
    if (!ok) {
      refuse(sentence);
    }
  }

 private:
  std::istream& text_;
  const std::string name_;
  int number_ = 0;
};

// "C-160  claim: imprecise  D0 D1"
Concept read_head(const Lines& lines, const std::string& line,
                  const std::string& part) {
  std::vector<std::string> words = words_of(line);
  Concept head;
  head.part = part;
  lines.need(is_id(words.front()), "a block begins with its id");
  head.id = head.told = words.front();
  for (auto word = words.begin() + 1; word != words.end(); ++word) {
    if (is_document(*word)) {
      head.documents.push_back(*word);
    } else {
      lines.need(head.documents.empty(), "the documents come last");
      head.kind += (head.kind.empty() ? "" : " ") + *word;
    }
  }
  lines.need(!head.kind.empty(), head.id + " has no kind");
  lines.need(!head.documents.empty(), head.id + " names no document");
  return head;
}

// "  code  demos/interleave.cc"
void read_field(const Lines& lines, const std::string& line, Concept& into) {
  const size_t begin = line.find_first_not_of(' ');
  const size_t end = line.find(' ', begin);
  const std::string key = line.substr(begin, end - begin);
  const size_t text = line.find_first_not_of(' ', end);
  const std::string value = text == std::string::npos ? "" : line.substr(text);
  if (line == "  not shown yet") {
    into.shown = Shown::kNotYet;
  } else if (line == "  note") {
    into.shown = Shown::kAsANote;
  } else if (begin > 2) {
    into.says += " " + line.substr(begin);  // goes on with the sentence
  } else {
    lines.need(!value.empty(), key + " says nothing");
    if (key == "says") {
      into.says = value;
    } else if (key == "code") {
      into.code = words_of(value);
    } else if (key == "run") {
      into.run = words_of(value);
    } else if (key == "told") {
      lines.need(is_id(value), value + " is no id");
      into.told = value;
    } else if (key == "look") {
      into.look = value;
    } else if (key == "test") {
      into.test = value;
    } else {
      lines.refuse(
          key + ": no such line; accepted: says, code, run, told, look, test");
    }
  }
}

void check(const Lines& lines, const Concept& done) {
  const auto need = [&](bool ok, const std::string& sentence) {
    lines.need(ok, done.id + " " + sentence);
  };
  const bool is_note = done.shown == Shown::kAsANote;
  need(!done.says.empty(), "says nothing");
  need(!done.code.empty(), "stands nowhere in the code");
  need(done.run.empty() == is_note,
       is_note ? "is a note, and runs something" : "runs nothing");
  need(done.shown != Shown::kYes || !done.test.empty(), "has no test");
  need((done.told == done.id) == done.look.empty(),
       "needs `told` and `look` together");
}

}  // namespace

std::string command_of(const Concept& entry) {
  std::string text;
  for (const std::string& word : entry.run) {
    text += text.empty() ? "bazel run //demos:" + word : " " + word;
    if (&word == &entry.run.front() && entry.run.size() > 1) {
      text += " --";
    }
  }
  return text;
}

bool is_corrected(const Concept& entry) {
  return entry.kind == "claim: wrong" || entry.kind == "claim: imprecise";
}

std::vector<Concept> read_part(std::istream& text, const std::string& name,
                               const std::string& part) {
  Lines lines(text, name);
  std::vector<Concept> concepts;
  for (std::string line; lines.next(line);) {
    if (line[0] != ' ') {
      if (!concepts.empty()) {
        check(lines, concepts.back());
      }
      Concept next = read_head(lines, line, part);
      lines.need(concepts.empty() || concepts.back().id < next.id,
                 next.id + " is out of order");
      concepts.push_back(std::move(next));
    } else {
      lines.need(!concepts.empty(), "a block begins with its id");
      read_field(lines, line, concepts.back());
    }
  }
  if (!concepts.empty()) {
    check(lines, concepts.back());
  }
  return concepts;
}

std::vector<Concept> read_concepts(const std::string& folder) {
  std::vector<Concept> all;
  for (const char* const part : kParts) {
    const std::string name = folder + "/" + part + ".txt";
    std::ifstream file(name);
    if (!file) {
      throw std::runtime_error(name + ": not found from here");
    }
    for (Concept& one : read_part(file, name, part)) {
      if (!all.empty() && all.back().id >= one.id) {
        throw std::runtime_error(name + ": " + one.id + " is out of order");
      }
      all.push_back(std::move(one));
    }
  }
  return all;
}

std::vector<Source> read_sources(std::istream& text, const std::string& name) {
  Lines lines(text, name);
  std::vector<Source> sources;
  for (std::string line; lines.next(line);) {
    const std::vector<std::string> words = words_of(line);
    if (line[0] != ' ') {
      lines.need(words.size() == 1 && line.starts_with("http"),
                 "a block begins with a link");
      sources.push_back({line, {}, {}});
      continue;
    }
    lines.need(!sources.empty(), "a block begins with a link");
    const bool is_in = words.front() == "in";
    lines.need(is_in || words.front() == "for", "accepted: in, for");
    auto& list = is_in ? sources.back().documents : sources.back().concepts;
    list.assign(words.begin() + 1, words.end());
    lines.need(!list.empty() && std::all_of(list.begin(), list.end(),
                                            is_in ? is_document : is_id),
               is_in ? "`in` names documents" : "`for` names ids");
  }
  return sources;
}

}  // namespace demos::course
