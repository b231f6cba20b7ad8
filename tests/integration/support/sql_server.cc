// Starting and stopping of the tests' PostgreSQL. Knows nothing of corun's client.
#include "support/sql_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace corun::testing {
namespace {

int unused_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("bind");
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

// Debian keeps each version's programs in a directory of its own.
std::string program(const std::string& name) {
  std::vector<std::string> found;
  const std::filesystem::path versions = "/usr/lib/postgresql";
  if (std::filesystem::is_directory(versions)) {
    for (const auto& version : std::filesystem::directory_iterator(versions)) {
      const std::filesystem::path path = version.path() / "bin" / name;
      if (std::filesystem::exists(path)) found.push_back(path.string());
    }
  }
  return found.empty() ? name : *std::max_element(found.begin(), found.end());
}

// The server refuses to run as root: then it runs as Debian's user for it.
std::string as_user() {
  return ::geteuid() == 0 ? "setpriv --reuid=postgres --regid=postgres --clear-groups --pdeathsig INT " : "";
}

void run_command(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

}  // namespace

Postgres::Postgres() : port_(unused_port()) {
  std::string folder = (std::filesystem::temp_directory_path() / "corun-sql-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("mkdtemp");
  folder_ = folder;
  if (::geteuid() == 0) {
    const passwd* user = ::getpwnam("postgres");
    if (user == nullptr || ::chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) throw std::runtime_error("chown");
  }
  const std::string log = " >>" + folder_ + "/log 2>&1";
  const std::string data = folder_ + "/data";
  run_command(as_user() + program("initdb") + " -D " + data + " -U postgres -A trust -E UTF8 --locale=C --no-sync" + log);
  std::ofstream(data + "/pg_hba.conf") << "host all guarded all scram-sha-256\nlocal all all trust\nhost all all all trust\n";
  std::ofstream(data + "/postgresql.conf", std::ios::app)
      << "listen_addresses = '127.0.0.1'\nport = " << port_ << "\nunix_socket_directories = '" << folder_
      << "'\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_connections = 60\nautovacuum = off\n";
  const std::string command = "exec " + as_user() + program("postgres") + " -D " + data + log;
  pid_ = ::fork();
  if (pid_ == 0) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGINT);
    ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    ::_exit(127);
  }
  ::setpgid(pid_, pid_);
  const std::string ask = program("psql") + " -h " + folder_ + " -p " + std::to_string(port_) +
                          " -U postgres -q -c \"create role guarded login password 's3cret'\"" + log;
  for (int i = 0; i < 500; ++i) {
    if (std::system(ask.c_str()) == 0) return;
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) throw std::runtime_error("PostgreSQL doesn't start: " + folder_ + "/log");
    ::usleep(20'000);
  }
  throw std::runtime_error("PostgreSQL doesn't answer");
}

Postgres::~Postgres() {
  if (pid_ > 0) {
    ::kill(pid_, SIGINT);  // without waiting for its clients
    ::waitpid(pid_, nullptr, 0);
  }
  std::filesystem::remove_all(folder_);
}

std::string Postgres::dsn(const std::string& settings) const {
  return "postgresql://postgres@127.0.0.1:" + std::to_string(port_) + "/postgres" + (settings.empty() ? "" : "?" + settings);
}

void Postgres::kill() {
  ::kill(pid_, SIGSTOP);  // so that it starts no others
  const std::string process = std::to_string(pid_);
  std::ifstream children("/proc/" + process + "/task/" + process + "/children");
  for (pid_t child = 0; children >> child;) ::kill(child, SIGKILL);
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

}  // namespace corun::testing
