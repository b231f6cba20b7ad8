// Servers of other protocols than HTTP for the tests: an MQTT broker, an FTP and an SSH server. Knows nothing of corun's
// client.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace corun::testing {

/// A program that listens on a port of 127.0.0.1 while this lives.
class ServerProcess {
 public:
  /// `argv` may be looked up in /usr/sbin too. Throws std::runtime_error if it doesn't listen soon; what it says goes to `log`.
  ServerProcess(const std::vector<std::string>& argv, int port, const std::string& log);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

 private:
  pid_t pid_ = -1;
};

/// A folder for a server's files, removed at the end.
class ServerFolder {
 public:
  ServerFolder();
  ~ServerFolder();
  ServerFolder(const ServerFolder&) = delete;
  ServerFolder& operator=(const ServerFolder&) = delete;
  std::string file(const std::string& name) const { return path_ + '/' + name; }
  void write(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
};

/// mosquitto; with a user `me`, password `secret`, if it wants logins.
class MqttBroker {
 public:
  explicit MqttBroker(bool wants_login = false);
  std::string url(const std::string& topic) const { return "mqtt://127.0.0.1:" + std::to_string(port_) + '/' + topic; }

 private:
  int port_;
  ServerFolder folder_;
  ServerProcess process_;
};

/// pyftpdlib, for everybody to read.
class FtpServer {
 public:
  FtpServer();
  std::string url(const std::string& path) const { return "ftp://127.0.0.1:" + std::to_string(port_) + '/' + path; }
  const ServerFolder& folder() const { return folder_; }

 private:
  int port_;
  ServerFolder folder_;
  ServerProcess process_;
};

/// OpenSSH's sshd with a host key and an authorized key of its own, for the user of this process.
class SftpServer {
 public:
  SftpServer();
  /// Of a file in `folder`.
  std::string url(const std::string& name) const { return "sftp://127.0.0.1:" + std::to_string(port_) + folder_.file(name); }
  const ServerFolder& folder() const { return folder_; }
  std::string key() const { return folder_.file("user"); }
  /// As `ssh-keygen -l` shows it.
  std::string fingerprint() const;
  /// A line of known_hosts.
  std::string known_host() const;
  static std::string user();

 private:
  int port_;
  ServerFolder folder_;
  ServerProcess process_;
};

}  // namespace corun::testing
