// Finds libpq's functions in the shared library. Knows nothing of what they are used for.
#include "io/pq_api.h"

#include <dlfcn.h>

#include <string>

namespace corun {
namespace {

// Looks functions up; the first missing one stays noted.
class Library {
 public:
  explicit Library(void* handle) : handle_(handle) {}

  template <typename Function>
  void find(const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(handle_, name));
    if (function == nullptr && missing_.empty()) missing_ = name;
  }
  const std::string& missing() const { return missing_; }

 private:
  void* handle_;
  std::string missing_;
};

Result<const PqApi*> load() {
  void* handle = ::dlopen("libpq.so.5", RTLD_LAZY | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* reason = ::dlerror();
    return Error{std::string("SQL needs libpq: ") + (reason != nullptr ? reason : "libpq.so.5 can't be loaded")};
  }
  static PqApi api;
  Library library(handle);
  library.find("PQconninfoParse", api.conninfoParse);
  library.find("PQconndefaults", api.conndefaults);
  library.find("PQconninfoFree", api.conninfoFree);
  library.find("PQfreemem", api.freemem);
  library.find("PQconnectStartParams", api.connectStartParams);
  library.find("PQconnectPoll", api.connectPoll);
  library.find("PQfinish", api.finish);
  library.find("PQstatus", api.status);
  library.find("PQtransactionStatus", api.transactionStatus);
  library.find("PQsocket", api.socket);
  library.find("PQerrorMessage", api.errorMessage);
  library.find("PQsetErrorVerbosity", api.setErrorVerbosity);
  library.find("PQsetNoticeProcessor", api.setNoticeProcessor);
  library.find("PQsetnonblocking", api.setnonblocking);
  library.find("PQsendQueryParams", api.sendQueryParams);
  library.find("PQsetSingleRowMode", api.setSingleRowMode);
  library.find("PQflush", api.flush);
  library.find("PQconsumeInput", api.consumeInput);
  library.find("PQisBusy", api.isBusy);
  library.find("PQgetResult", api.getResult);
  library.find("PQresultStatus", api.resultStatus);
  library.find("PQresultErrorField", api.resultErrorField);
  library.find("PQresultErrorMessage", api.resultErrorMessage);
  library.find("PQntuples", api.ntuples);
  library.find("PQnfields", api.nfields);
  library.find("PQfname", api.fname);
  library.find("PQftype", api.ftype);
  library.find("PQgetvalue", api.getvalue);
  library.find("PQgetlength", api.getlength);
  library.find("PQgetisnull", api.getisnull);
  library.find("PQcmdStatus", api.cmdStatus);
  library.find("PQcmdTuples", api.cmdTuples);
  library.find("PQclear", api.clear);
  library.find("PQgetCancel", api.getCancel);
  library.find("PQcancel", api.cancel);
  library.find("PQfreeCancel", api.freeCancel);
  if (!library.missing().empty()) return Error{"SQL needs a newer libpq: this one has no " + library.missing()};
  return &api;
}

}  // namespace

const Result<const PqApi*>& load_pq() {
  static const Result<const PqApi*> loaded = load();
  return loaded;
}

}  // namespace corun
