// libpq's functions, found at run time, so that only a graph with SQL pays for loading it. Knows nothing of statements.
#pragma once

#include <libpq-fe.h>

#include "base/result.h"

namespace corun {

/// libpq's functions under their own names without the `PQ` prefix.
struct PqApi {
  decltype(&PQconninfoParse) conninfoParse;
  decltype(&PQconndefaults) conndefaults;
  decltype(&PQconninfoFree) conninfoFree;
  decltype(&PQfreemem) freemem;
  decltype(&PQconnectStartParams) connectStartParams;
  decltype(&PQconnectPoll) connectPoll;
  decltype(&PQfinish) finish;
  decltype(&PQstatus) status;
  decltype(&PQtransactionStatus) transactionStatus;
  decltype(&PQsocket) socket;
  decltype(&PQerrorMessage) errorMessage;
  decltype(&PQsetErrorVerbosity) setErrorVerbosity;
  decltype(&PQsetNoticeProcessor) setNoticeProcessor;
  decltype(&PQsetnonblocking) setnonblocking;
  decltype(&PQsendQueryParams) sendQueryParams;
  decltype(&PQsetSingleRowMode) setSingleRowMode;
  decltype(&PQflush) flush;
  decltype(&PQconsumeInput) consumeInput;
  decltype(&PQisBusy) isBusy;
  decltype(&PQgetResult) getResult;
  decltype(&PQresultStatus) resultStatus;
  decltype(&PQresultErrorField) resultErrorField;
  decltype(&PQresultErrorMessage) resultErrorMessage;
  decltype(&PQntuples) ntuples;
  decltype(&PQnfields) nfields;
  decltype(&PQfname) fname;
  decltype(&PQftype) ftype;
  decltype(&PQgetvalue) getvalue;
  decltype(&PQgetlength) getlength;
  decltype(&PQgetisnull) getisnull;
  decltype(&PQcmdStatus) cmdStatus;
  decltype(&PQcmdTuples) cmdTuples;
  decltype(&PQclear) clear;
  decltype(&PQgetCancel) getCancel;
  decltype(&PQcancel) cancel;
  decltype(&PQfreeCancel) freeCancel;
};

/// Loads libpq at the first call; later calls give the same answer. It stays loaded. An error if it is missing.
const Result<const PqApi*>& load_pq();

}  // namespace corun
