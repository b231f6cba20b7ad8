// Starting and stopping of servers of other protocols. Knows nothing of corun's client.
#include "support/http_other_servers.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "support/http_servers.h"

namespace corun::testing {
namespace {

bool accepts(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool connected = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return connected;
}

void run_command(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::vector<std::string> mosquitto(const ServerFolder& folder, int port, bool wants_login) {
  std::string configuration = "listener " + std::to_string(port) + " 127.0.0.1\npersistence false\n";
  if (wants_login) {
    run_command("mosquitto_passwd -b -c " + folder.file("users") + " me secret");
    // It gives up root's rights, unless it is told not to.
    configuration += "allow_anonymous false\nuser root\npassword_file " + folder.file("users") + '\n';
  } else {
    configuration += "allow_anonymous true\n";
  }
  folder.write("mosquitto.conf", configuration);
  return {"mosquitto", "-c", folder.file("mosquitto.conf")};
}

std::vector<std::string> sshd(const ServerFolder& folder, int port) {
  for (const char* name : {"host", "user", "stranger"}) {
    run_command("ssh-keygen -q -t " + std::string(name == std::string("host") ? "ecdsa" : "ed25519") + " -N '' -f " +
                folder.file(name));
  }
  folder.write("sshd_config", "ListenAddress 127.0.0.1:" + std::to_string(port) + "\nHostKey " + folder.file("host") +
                                  "\nAuthorizedKeysFile " + folder.file("user.pub") + "\nPidFile none\nStrictModes no\n" +
                                  "UsePAM no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n" +
                                  "Subsystem sftp internal-sftp\n");
  if (::geteuid() == 0) std::filesystem::create_directories("/run/sshd");  // where it shuts itself in
  return {"/usr/sbin/sshd", "-D", "-e", "-f", folder.file("sshd_config")};
}

}  // namespace

ServerProcess::ServerProcess(const std::vector<std::string>& argv, int port, const std::string& log) {
  std::vector<char*> arguments;
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const std::string in_sbin = "/usr/sbin/" + argv[0];
  pid_ = ::fork();
  if (pid_ == 0) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    const int fd = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(fd, 1);
    ::dup2(fd, 2);
    ::execvp(arguments[0], arguments.data());
    ::execv(in_sbin.c_str(), arguments.data());
    ::_exit(127);
  }
  ::setpgid(pid_, pid_);
  for (int i = 0; i < 1000; ++i) {
    if (accepts(port)) return;
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) throw std::runtime_error(argv[0] + " doesn't start: " + text_of(log));
    ::usleep(10'000);
  }
  throw std::runtime_error(argv[0] + " doesn't listen");
}

ServerProcess::~ServerProcess() {
  ::kill(-pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

ServerFolder::ServerFolder() {
  path_ = (std::filesystem::temp_directory_path() / "corun-server-XXXXXX").string();
  if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("mkdtemp");
}

ServerFolder::~ServerFolder() { std::filesystem::remove_all(path_); }

void ServerFolder::write(const std::string& name, const std::string& text) const { std::ofstream(file(name)) << text; }

MqttBroker::MqttBroker(bool wants_login)
    : port_(free_port()), process_(mosquitto(folder_, port_, wants_login), port_, folder_.file("log")) {}

FtpServer::FtpServer()
    : port_(free_port()),
      process_({"/usr/bin/python3", "-m", "pyftpdlib", "-i", "127.0.0.1", "-p", std::to_string(port_), "-d", folder_.file("")},
               port_, folder_.file("log")) {}

SftpServer::SftpServer() : port_(free_port()), process_(sshd(folder_, port_), port_, folder_.file("log")) {}

std::string SftpServer::fingerprint() const {
  run_command("ssh-keygen -l -f " + folder_.file("host.pub") + " | cut -d' ' -f2 | tr -d '\\n' >" + folder_.file("fingerprint"));
  return text_of(folder_.file("fingerprint"));
}

std::string SftpServer::known_host() const {
  return "[127.0.0.1]:" + std::to_string(port_) + ' ' + text_of(folder_.file("host.pub"));
}

std::string SftpServer::user() {
  const passwd* entry = ::getpwuid(::geteuid());
  return entry != nullptr ? entry->pw_name : "";
}

}  // namespace corun::testing
