// Requests, answers and looks at requests that several HTTP tests need. Knows nothing of what is tested.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "catch.h"
#include "support/http_client.h"
#include "support/http_servers.h"

namespace corun::testing {

inline Nginx& nginx() {
  static Nginx server;
  return server;
}

inline HttpRequestOptions& options_of(HttpRequest& request) {
  if (!request.options) request.options = std::make_unique<HttpRequestOptions>();
  return *request.options;
}

inline HttpRequest with_auth(std::string url, HttpAuth::Kind kind, std::string user, std::string password) {
  HttpRequest request = request_to(std::move(url));
  options_of(request).auth = HttpCredentials{kind, std::move(user), std::move(password), "", "", "", ""};
  return request;
}

/// The output of a command.
inline std::string output_of(const std::string& command) {
  std::string out;
  FILE* pipe = ::popen(command.c_str(), "r");
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) out += static_cast<char>(c);
  REQUIRE(::pclose(pipe) == 0);
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

/// The value of a header in a request as it came; "" if there is none.
inline std::string header_of(const std::string& request, const std::string& name) {
  const std::size_t at = request.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "";
  const std::size_t begin = at + name.size() + 4;
  return request.substr(begin, request.find("\r\n", begin) - begin);
}

inline std::string response(const std::string& body, const std::string& headers = "", const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body;
}

/// Gives every request back as the response's body; of a body, as much as Content-Length says.
inline void echo(Connection& connection, int) {
  for (std::string request = connection.read_request_and_body(); !request.empty(); request = connection.read_request_and_body())
    connection.send(response(request));
}

/// Redirects /start to `location`, with `status`; everything else is given back.
inline ScriptedServer::Script redirects_to(std::string location, std::string status, std::string headers = "") {
  return [=](Connection& connection, int) {
    for (std::string request = connection.read_request_and_body(); !request.empty();
         request = connection.read_request_and_body()) {
      const bool start = request.find(" /start ") < request.find("\r\n");
      connection.send(start ? response("", "Location: " + location + "\r\n" + headers, status + " Moved") : response(request));
    }
  };
}

inline HttpRequest following(std::string url) {
  HttpRequest request = request_to(std::move(url));
  request.follow_redirects = true;
  return request;
}

}  // namespace corun::testing
