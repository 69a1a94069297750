// Any bytes, read as HTTP: a message or a refusal, the same however the bytes
// were cut on their way. [http.h]
//
// The first byte says who reads, the second where the others are cut in two.
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "demos/support/http.h"

namespace demos::support {
namespace {

void must(bool holds) {
  if (!holds) {
    abort();
  }
}

constexpr const char* kRefused = "refused";

// The requests in `pieces`, as text; the last is kRefused if one was.
std::vector<std::string> requests_in(std::vector<std::string_view> pieces) {
  std::vector<std::string> found;
  std::string received;
  try {
    for (const std::string_view piece : pieces) {
      received += piece;
      while (const auto request = take_request(received)) {
        must(request->target.starts_with('/'));
        for (const char c : request->target) {
          must(std::iscntrl(static_cast<unsigned char>(c)) == 0 && c != ' ');
        }
        found.push_back(request->method + ' ' + request->target +
                        (request->keep_alive ? " again" : ""));
      }
    }
    must(received.size() < kMaxHead);
  } catch (const std::invalid_argument&) {
    found.push_back(kRefused);
  }
  return found;
}

// The response in `pieces`, after which the peer closes, or kRefused.
std::string response_in(std::vector<std::string_view> pieces) {
  ResponseReader reader;
  try {
    for (const std::string_view piece : pieces) {
      reader.feed(piece);
    }
    reader.feed_end();
    const Response response = reader.take();
    must(response.status >= 0 && response.status <= 999);
    must(response.body.size() <= kMaxBody);
    return std::to_string(response.status) + response.body;
  } catch (const std::invalid_argument&) {
    return kRefused;
  }
}

}  // namespace
}  // namespace demos::support

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace demos::support;
  if (size < 2) {
    return 0;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(data + 2),
                               size - 2);
  const size_t cut = bytes.empty() ? 0 : data[1] % bytes.size();
  const std::vector<std::string_view> halves = {bytes.substr(0, cut),
                                                bytes.substr(cut)};
  if (data[0] % 2 == 0) {
    must(requests_in({bytes}) == requests_in(halves));
  } else {
    must(response_in({bytes}) == response_in(halves));
  }
  return 0;
}
