// What expr tests have in common: values and evaluators.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "expr/check.h"
#include "expr/evaluator.h"
#include "expr/render.h"

namespace corun::test {

inline Value text(std::string value) {
  Value out;
  out.kind = Value::Kind::string;
  out.text.text = std::move(value);
  return out;
}

inline Value number(std::string digits) {
  Value out;
  out.kind = Value::Kind::number;
  out.text.text = std::move(digits);
  return out;
}

inline Json json(const std::string& text) {
  const Result<Json> parsed = Json::parse(text);
  return parsed ? *parsed : Json::string("not JSON: " + parsed.error().message);
}

/// Variables and an environment, as checks before a run see them.
class Checked {
 public:
  explicit Checked(Json vars, Variables::Environment environment = {})
      : variables_(std::move(vars), std::move(environment), Json()), evaluator_(variables_, programs_, sites_) {}
  operator const Evaluator&() const { return evaluator_; }

 private:
  Variables variables_;
  Programs programs_;
  std::vector<ProgramSite> sites_;
  CheckEvaluator evaluator_;
};

}  // namespace corun::test
