// A directory of a test's own. Knows no test.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

/// Made empty, and removed with all that is in it by then.
class TemporaryDirectory {
 public:
  TemporaryDirectory() : path((std::filesystem::temp_directory_path() / "corun-test-XXXXXX").string()) {
    if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("mkdtemp");
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return std::filesystem::path(path) / name; }

  std::string path;
};
