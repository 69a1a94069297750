#include "demos/bodies/step.h"

namespace demos::bodies {

Answer perform(const FileStep& step) {
  File& file = *step.file;
  switch (step.verb) {
    case FileStep::Verb::kOpenToRead:
      file.open(step.text, File::Mode::kRead);
      break;
    case FileStep::Verb::kOpenToAppend:
      file.open(step.text, File::Mode::kAppend);
      break;
    case FileStep::Verb::kWrite:
      file.write(step.text);
      break;
    case FileStep::Verb::kRead:
      return file.read();
    case FileStep::Verb::kClose:
      file.close();
      break;
  }
  return "";
}

bool blocks(const FileStep& step) {
  return step.verb != FileStep::Verb::kWrite ||
         step.file->flushes(step.text.size());
}

Value checksum(std::string_view text) {
  Value sum = 14695981039346656037u;
  for (const char c : text) {
    sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211u;
  }
  return sum;
}

}  // namespace demos::bodies
