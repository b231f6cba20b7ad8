// One row a file. Knows nothing of why a file is looked at.
#include "state/known_files.h"

#include <utility>

namespace corun {
namespace {

constexpr std::int64_t kNanoseconds = 1'000'000'000;

// Times as one number each: what is compared needn't be read.
std::int64_t joined(std::int64_t seconds, std::int64_t nanoseconds) { return seconds * kNanoseconds + nanoseconds; }

}  // namespace

struct KnownFiles::Statements {
  explicit Statements(Database& database)
      : find(database.prepare(
            "SELECT digest FROM known_file WHERE device = ? AND inode = ? AND size = ? AND modified = ? AND changed = ?")),
        keep(database.prepare("INSERT OR REPLACE INTO known_file(device, inode, size, modified, changed, digest) "
                              "VALUES(?, ?, ?, ?, ?, ?)")),
        forget(database.prepare("DELETE FROM known_file WHERE number <= (SELECT max(number) FROM known_file) - ?")) {}

  Statement find;
  Statement keep;
  Statement forget;
};

KnownFiles::KnownFiles(Store& store, std::int64_t most) : store_(store), most_(most) {}

KnownFiles::~KnownFiles() = default;

template <typename Use>
void KnownFiles::in_database(Use use) {
  Database* database = store_.database();
  if (database == nullptr) return;
  try {
    if (statements_ == nullptr) statements_ = std::make_unique<Statements>(*database);
    use(*database);
  } catch (const DatabaseError& error) {
    store_.report(error);
  }
}

std::optional<std::string> KnownFiles::find(const FileIdentity& file) {
  std::optional<std::string> digest;
  in_database([&](Database&) {
    Statement& row = statements_->find.with(file[0], file[1], file[2], joined(file[3], file[4]), joined(file[5], file[6]));
    if (row.next()) digest = row.text(0);
    row.with();  // a read that isn't over would keep the log from being emptied
  });
  return digest;
}

void KnownFiles::keep(const FileIdentity& file, const std::string& digest) {
  in_database([&](Database& database) {
    database.write([&] {
      statements_->keep.with(file[0], file[1], file[2], joined(file[3], file[4]), joined(file[5], file[6]), digest).run();
      statements_->forget.with(most_).run();
    });
  });
}

}  // namespace corun
