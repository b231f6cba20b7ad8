// Finds libpq's functions in the shared library. Knows nothing of what they are used for.
#include "io/pq_api.h"

#include <string>

#include "base/shared_library.h"

namespace corun {
namespace {

Result<const PqApi*> load() {
  SharedLibrary library("libpq.so.5");
  if (!library.problem().empty()) return Error{"SQL needs libpq: " + library.problem()};
  static PqApi api;
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
