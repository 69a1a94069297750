#include "demos/support/http.h"

#include <stdexcept>

#include "gtest/gtest.h"

namespace demos::support {
namespace {

TEST(Http, ARequestIsTakenWhenItsHeadIsComplete) {
  std::string received = "GET /item/7 HTTP/1.1\r\nHost: a\r\n\r";
  EXPECT_FALSE(take_request(received));
  received += "\nGET";
  const auto request = take_request(received);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, "GET");
  EXPECT_EQ(request->target, "/item/7");
  EXPECT_TRUE(request->keep_alive);
  EXPECT_EQ(received, "GET");  // the beginning of the next one stays
}

TEST(Http, TheVersionDecidesUnlessTheClientSaysOtherwise) {
  const auto keeps = [](std::string text) {
    return take_request(text)->keep_alive;
  };
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nconnection:  Close\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(Http, OurOwnRequestIsUnderstood) {
  std::string text = format_request("/x", false);
  const auto request = take_request(text);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->target, "/x");
  EXPECT_FALSE(request->keep_alive);
}

TEST(Http, GarbageIsNoRequest) {
  for (const char* const text :
       {"\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "GET / FTP/1.0\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"}) {
    std::string received = text;
    EXPECT_THROW(take_request(received), std::invalid_argument) << text;
  }
}

TEST(Http, ABodyIsRefusedHoweverItIsAnnounced) {
  for (const char* const header :
       {"Content-Length: 5", "content-length: x", "Content-Length: -1",
        "Content-Length: +5", "Content-Length:", "Content-Length: 0, 5",
        "Content-Length: 0\r\nContent-Length: 5",
        "Content-Length: 99999999999999999999", "Transfer-Encoding: chunked",
        "TRANSFER-ENCODING: identity"}) {
    std::string received =
        "GET / HTTP/1.1\r\n" + std::string(header) + "\r\n\r\n";
    EXPECT_THROW(take_request(received), std::invalid_argument) << header;
  }
  std::string none = "GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n";
  EXPECT_TRUE(take_request(none));
}

TEST(Http, ALineThatIsNoHeaderIsRefused) {
  for (const char* const line :
       {"nothing", ": value", "Content-Length : 5", " folded: 1"}) {
    std::string received =
        "GET / HTTP/1.1\r\n" + std::string(line) + "\r\n\r\n";
    EXPECT_THROW(take_request(received), std::invalid_argument) << line;
  }
}

TEST(Http, ATargetIsAPathThatBeginsWithASlash) {
  for (const char* const line :
       {"GET  HTTP/1.1", "GET item HTTP/1.1", "GET ../x HTTP/1.1",
        "GET /a b HTTP/1.1", "GET /a\tb HTTP/1.1", " / HTTP/1.1"}) {
    std::string received = std::string(line) + "\r\n\r\n";
    EXPECT_THROW(take_request(received), std::invalid_argument) << line;
  }
}

TEST(Http, HeadIsToldAllButTheBody) {
  const std::string text = format_response(200, "text/plain", "hello", true);
  EXPECT_EQ(std::string(without_body(text)) + "hello", text);
}

// I1
TEST(Http, AnEndlessHeadIsRefused) {
  std::string received = "GET / HTTP/1.1\r\n" + std::string(kMaxHead, 'a');
  EXPECT_THROW(take_request(received), std::invalid_argument);
}

TEST(ResponseReader, PiecesOfAnySizeMakeTheSameResponse) {
  const std::string text = format_response(200, "text/plain", "hello", true);
  for (size_t piece = 1; piece <= text.size(); ++piece) {
    ResponseReader reader;
    bool complete = false;
    for (size_t at = 0; at < text.size(); at += piece) {
      EXPECT_FALSE(complete);
      complete = reader.feed(std::string_view(text).substr(at, piece));
    }
    ASSERT_TRUE(complete);
    const Response response = reader.take();
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "hello");
  }
}

TEST(ResponseReader, WithoutALengthTheEndOfTheConnectionIsTheEnd) {
  ResponseReader reader;
  EXPECT_FALSE(reader.feed("HTTP/1.0 404 Not Found\r\n\r\nno"));
  EXPECT_FALSE(reader.feed("thing"));
  reader.feed_end();
  const Response response = reader.take();
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, "nothing");
}

TEST(ResponseReader, AResponseCutShortIsAnError) {
  ResponseReader head;
  head.feed("HTTP/1.1 200 OK\r\n");
  EXPECT_THROW(head.feed_end(), std::invalid_argument);
  ResponseReader body;
  body.feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
  EXPECT_THROW(body.feed_end(), std::invalid_argument);
}

// I1
TEST(ResponseReader, ABodyThatIsTooLongIsRefused) {
  ResponseReader longer;
  EXPECT_THROW(longer.feed("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello"),
               std::invalid_argument);
  ResponseReader huge;
  EXPECT_THROW(
      huge.feed("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"),
      std::invalid_argument);
}

TEST(ResponseReader, GarbageIsNoResponse) {
  ResponseReader reader;
  EXPECT_THROW(reader.feed("SSH-2.0-OpenSSH_9\r\n\r\n"), std::invalid_argument);
  ResponseReader status;
  status.feed("HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THROW(status.take(), std::invalid_argument);
}

}  // namespace
}  // namespace demos::support
