// Starting and stopping of the HTTP tests' servers. Knows nothing of corun's client.
#include "support/http_servers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace corun::testing {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int listen_anywhere(int& port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("bind");
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  port = ntohs(address.sin_port);
  return fd;
}

bool accepts(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool connected = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return connected;
}

void run_command(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

void write_file(const std::string& path, std::string_view text) { std::ofstream(path) << text; }

// `configuration` with each `@name@` replaced.
std::string filled_in(std::string configuration, const std::vector<std::pair<std::string, std::string>>& values) {
  for (const auto& [name, value] : values) {
    for (std::size_t at = 0; (at = configuration.find(name, at)) != std::string::npos; at += value.size()) {
      configuration.replace(at, name.size(), value);
    }
  }
  return configuration;
}

constexpr const char* kConfiguration = R"(
daemon off; worker_processes 1; worker_rlimit_nofile 20000; pid @folder@/pid; error_log @folder@/error.log;
events { worker_connections 9000; }
http {
  access_log off; keepalive_requests 100000; default_type text/plain;
  client_body_temp_path @folder@/t1; proxy_temp_path @folder@/t2; fastcgi_temp_path @folder@/t3;
  uwsgi_temp_path @folder@/t4; scgi_temp_path @folder@/t5; client_max_body_size 100m;
  server {
    listen 127.0.0.1:@http@ backlog=8192;
    listen 127.0.0.1:@https@ ssl http2 backlog=8192;
    listen 127.0.0.1:@https11@ ssl;
    ssl_certificate @folder@/cert.pem; ssl_certificate_key @folder@/key.pem;
    ssl_session_cache shared:sessions:1m;
    root @folder@/www;
    location = /protected { auth_basic "here"; auth_basic_user_file @folder@/users; alias @folder@/www/inside; }
    location = /ok { return 200 "ok\n"; }
    location = /echo { add_header X-Method $request_method; return 200 "$request_method|$http_x_job|$http_authorization|$http_user_agent|$server_protocol|$args|$http_accept_encoding|$http_content_type|$http_expect\n"; }
    location = /connection { return 200 "$connection"; }
    location = /resumed { return 200 "$ssl_session_reused $connection"; }
    location = /zipped { gzip on; gzip_types text/plain; gzip_min_length 1; gzip_http_version 1.0; alias @folder@/www/10k; }
    location = /slow { limit_rate 1; alias @folder@/www/10k; }
    location = /busy { add_header Retry-After 7 always; return 503 "busy"; }
    location = /to-ok { return 302 /ok; }
    location = /to-echo { return 302 /echo; }
    location = /to-echo-307 { return 307 /echo; }
    location = /loop { return 302 /loop; }
    location = /to-http { return 302 http://127.0.0.1:@http@/ok; }
    location = /to-other-origin { return 302 http://localhost:@http@/echo; }
    location = /to-ftp { return 302 ftp://127.0.0.1/; }
    location /upload { dav_methods PUT; create_full_put_path on; root @folder@/up; }
  }
  server {
    listen 127.0.0.1:@certified@ ssl;
    ssl_certificate @folder@/cert.pem; ssl_certificate_key @folder@/key.pem;
    ssl_client_certificate @folder@/client.pem; ssl_verify_client on;
    location = /who { return 200 "$ssl_client_s_dn\n"; }
  }
}
)";

}  // namespace

int free_port() {
  int port = 0;
  ::close(listen_anywhere(port));
  return port;
}

Nginx::Nginx() : http_port_(free_port()), https_port_(free_port()), https_1_1_port_(free_port()), certified_port_(free_port()) {
  std::string folder = (std::filesystem::temp_directory_path() / "corun-http-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("mkdtemp");
  folder_ = folder;
  std::filesystem::create_directories(folder_ + "/www");
  std::filesystem::create_directories(folder_ + "/up");
  run_command("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout " + folder_ + "/key.pem -out " +
              folder_ + "/cert.pem -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null");
  run_command("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout " + client_key() + " -out " +
              client_certificate() + " -days 2 -subj /CN=client 2>/dev/null");
  write_file(folder_ + "/users", "me:{PLAIN}secret\n");
  write_file(folder_ + "/www/inside", "inside\n");
  write_file(folder_ + "/www/1k", std::string(1024, 'x'));
  write_file(folder_ + "/www/10k", std::string(10240, 'y'));
  write_file(folder_ + "/www/1m", std::string(1 << 20, 'z'));
  write_file(folder_ + "/nginx.conf", filled_in(kConfiguration, {{"@folder@", folder_},
                                                                 {"@http@", std::to_string(http_port_)},
                                                                 {"@https@", std::to_string(https_port_)},
                                                                 {"@https11@", std::to_string(https_1_1_port_)},
                                                                 {"@certified@", std::to_string(certified_port_)}}));
  // Its worker runs as the same user, so that it may write what is uploaded.
  const std::string user = ::geteuid() == 0 ? "user root; " : "";
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    ::execlp("nginx", "nginx", "-p", folder_.c_str(), "-e", (folder_ + "/error.log").c_str(), "-c",
             (folder_ + "/nginx.conf").c_str(), "-g", user.c_str(), nullptr);
    ::execl("/usr/sbin/nginx", "nginx", "-p", folder_.c_str(), "-e", (folder_ + "/error.log").c_str(), "-c",
            (folder_ + "/nginx.conf").c_str(), "-g", user.c_str(), nullptr);
    ::_exit(127);
  }
  for (int i = 0; i < 500; ++i) {
    if (accepts(http_port_) && accepts(https_port_)) return;
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) throw std::runtime_error("nginx doesn't start: " + folder_ + "/error.log");
    ::usleep(10'000);
  }
  throw std::runtime_error("nginx doesn't listen");
}

Nginx::~Nginx() {
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  std::filesystem::remove_all(folder_);
}

ScriptedServer::ScriptedServer(const Script& script) {
  const int listener = listen_anywhere(port_);
  if (::listen(listener, 128) != 0) throw std::runtime_error("listen");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::signal(SIGCHLD, SIG_IGN);
    ::signal(SIGPIPE, SIG_IGN);
    for (int number = 0;; ++number) {
      const int fd = ::accept(listener, nullptr, nullptr);
      if (fd < 0) ::_exit(1);
      if (::fork() == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::close(listener);
        Connection connection(fd);
        script(connection, number);
        ::_exit(0);
      }
      ::close(fd);
    }
  }
  ::setpgid(pid_, pid_);
  ::close(listener);
}

ScriptedServer::~ScriptedServer() {
  ::kill(-pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::string Connection::read_request() {
  std::string request;
  char c = 0;
  while (!request.ends_with("\r\n\r\n")) {
    if (::read(fd_, &c, 1) != 1) return "";
    request += c;
  }
  return request;
}

std::string Connection::read_request_and_body() {
  const std::string request = read_request();
  const std::size_t at = request.find("Content-Length: ");
  if (at == std::string::npos) return request;
  const std::size_t length = std::strtoul(request.c_str() + at + 16, nullptr, 10);
  const std::string body = read_bytes(length);
  return body.size() == length ? request + body : "";
}

std::string Connection::read_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  std::size_t got = 0;
  while (got < count) {
    const ssize_t more = ::read(fd_, bytes.data() + got, count - got);
    if (more <= 0) break;
    got += static_cast<std::size_t>(more);
  }
  bytes.resize(got);
  return bytes;
}

bool Connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd_, bytes.data(), bytes.size());
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void Connection::wait_for_close() {
  char buffer[4096];
  while (::read(fd_, buffer, sizeof buffer) > 0) {
  }
}

void Connection::reset() {
  const linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(fd_);
}

SharedCounter::SharedCounter()
    : value_(static_cast<int*>(::mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {}

SharedCounter::~SharedCounter() { ::munmap(value_, sizeof(int)); }

}  // namespace corun::testing
