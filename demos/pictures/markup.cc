#include "demos/pictures/markup.h"

#include <cstdint>

namespace demos::pictures {

namespace {

constexpr std::string_view kMark = "\xef\xbf\xbd";  // U+FFFD

struct Character {
  uint32_t code;
  size_t bytes;
};

// The character that `text` begins with; {0, 1} if its bytes make none.
Character first_of(std::string_view text) {
  constexpr Character kNone = {0, 1};
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) {
    return {lead, 1};
  }
  const size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) {
    return kNone;
  }
  uint32_t code = lead & (0xffu >> (bytes + 1));
  for (const char next : text.substr(1, bytes - 1)) {
    if ((next & 0xc0) != 0x80) {
      return kNone;
    }
    code = code << 6 | (static_cast<unsigned char>(next) & 0x3fu);
  }
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  if (code < kSmallest[bytes] || code > 0x10ffff || surrogate) {
    return kNone;
  }
  return {code, bytes};
}

// XML forbids the last two of a plane; a terminal obeys the first 32, and some
// of those behind 0x7f.
bool is_shown(uint32_t code) {
  return code >= 0x20 && (code < 0x7f || code > 0x9f) &&
         (code & 0xfffe) != 0xfffe;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const Character character = first_of(text);
    result +=
        is_shown(character.code) ? text.substr(0, character.bytes) : kMark;
    text.remove_prefix(character.bytes);
  }
  return result;
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

}  // namespace demos::pictures
