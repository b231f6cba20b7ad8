// Which header lines a request carries, and that equal ones are made once. Knows no server.
#include "io/http_headers.h"

#include <string>
#include <vector>

#include "catch.h"

namespace corun {
namespace {

struct Fixture {
  HttpRequest request;
  HttpHop hop;
  HttpHeaderCache cache{**load_curl()};

  std::vector<std::string> lines() {
    std::vector<std::string> out;
    const auto list = cache.list_for(request, hop);
    for (const curl_slist* each = list != nullptr ? list->get() : nullptr; each != nullptr; each = each->next) {
      out.emplace_back(each->data);
    }
    return out;
  }
};

using Lines = std::vector<std::string>;

TEST_CASE_METHOD(Fixture, "a plain GET has no list") {
  hop.method = "GET";
  CHECK(cache.list_for(request, hop) == nullptr);
}

TEST_CASE_METHOD(Fixture, "headers keep their order; an empty value is sent as one") {
  hop.method = "GET";
  request.headers = {{"B", "2"}, {"A", ""}, {"B", "3"}};
  CHECK(lines() == Lines{"B: 2", "A;", "B: 3"});
}

TEST_CASE_METHOD(Fixture, "equal requests share one list") {
  hop.method = "GET";
  request.headers = {{"A", "1"}};
  const auto list = cache.list_for(request, hop);
  CHECK(cache.list_for(request, hop) == list);
  request.headers = {{"A", "2"}};
  CHECK(cache.list_for(request, hop) != list);
}

TEST_CASE_METHOD(Fixture, "a list outlives a full cache") {
  hop.method = "GET";
  request.headers = {{"A", "kept"}};
  const auto list = cache.list_for(request, hop);
  for (int i = 0; i < 1000; ++i) {
    request.headers[0].second = std::to_string(i);
    cache.list_for(request, hop);
  }
  CHECK(std::string(list->get()->data) == "A: kept");
}

TEST_CASE_METHOD(Fixture, "a body has its content type and isn't held back") {
  hop.method = "POST";
  hop.with_body = true;
  request.body = "text";
  CHECK(lines() == Lines{"Expect:", "Content-Type:"});
  request.content_type = "text/plain";
  CHECK(lines() == Lines{"Content-Type: text/plain", "Expect:"});
  request.headers = {{"content-type", "a/b"}, {"Expect", "100-continue"}};
  CHECK(lines() == Lines{"content-type: a/b", "Expect: 100-continue"});
}

TEST_CASE_METHOD(Fixture, "a POST without a body has no content type of libcurl's") {
  hop.method = "POST";
  CHECK(lines() == Lines{"Content-Type:"});
}

TEST_CASE_METHOD(Fixture, "on another origin nothing of the job's is sent") {
  hop.method = "POST";
  hop.with_body = true;
  hop.with_headers = false;
  request.body = "text";
  request.content_type = "text/plain";
  request.headers = {{"Authorization", "secret"}, {"Content-Type", "a/b"}};
  CHECK(lines() == Lines{"Content-Type: text/plain", "Expect:"});
}

TEST_CASE_METHOD(Fixture, "what describes the body goes with it") {
  hop.method = "GET";
  request.body = "text";
  request.headers = {{"Content-Type", "a/b"}, {"content-language", "de"}, {"X", "1"}};
  CHECK(lines() == Lines{"X: 1"});
}

}  // namespace
}  // namespace corun
