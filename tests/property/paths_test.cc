// Plain paths against libjq on random documents: the same results, the same failures.
#include <random>
#include <string>

#include "catch.h"
#include "expr/evaluator.h"

using namespace corun;

namespace {

using Generator = std::mt19937;

int pick(Generator& random, int count) { return static_cast<int>(random() % static_cast<unsigned>(count)); }

constexpr const char* kNames[] = {"a", "b", "and", "x_1", "a b", "é", "if"};

Json make_document(Generator& random, int depth) {
  switch (pick(random, depth > 0 ? 7 : 5)) {
    case 0: return Json();
    case 1: return Json::boolean(pick(random, 2) == 0);
    case 2: return Json::number(pick(random, 100) - 50);
    case 3: return Json::string("text");
    case 4: return Json::number(pick(random, 100) / 8.0);
    case 5: {
      Json list = Json::list();
      for (int i = pick(random, 4); i > 0; --i) list.append(make_document(random, depth - 1));
      return list;
    }
    default: {
      Json map = Json::map();
      for (int i = pick(random, 5); i > 0; --i) map.set(kNames[pick(random, 7)], make_document(random, depth - 1));
      return map;
    }
  }
}

std::string make_step(Generator& random) {
  const std::string name = kNames[pick(random, 7)];
  const bool plain = name.find(' ') == std::string::npos && name != "é";
  switch (pick(random, 4)) {
    case 0: return plain ? "." + name : ".\"" + name + "\"";
    case 1: return "[\"" + name + "\"]";
    case 2: return "[" + std::to_string(pick(random, 6) - 3) + "]";
    default: return plain ? "." + name : "[\"" + name + "\"]";
  }
}

std::string shown(const Evaluated<Json>& value) {
  const auto* json = std::get_if<Json>(&value);
  return json != nullptr ? json->dump() : "failure";
}

}  // namespace

TEST_CASE("plain paths give what jq gives") {
  Generator random(20260917);
  for (int round = 0; round < 40; ++round) {
    std::vector<std::string> sources;
    Programs programs;
    for (int i = 0; i < 60; ++i) {
      std::string source = ".v";
      for (int steps = pick(random, 5); steps > 0; --steps) source += make_step(random);
      programs.add(source);
      sources.push_back(std::move(source));
    }
    REQUIRE(programs.compile().empty());
    for (int document = 0; document < 10; ++document) {
      Context context;
      context.set("v", make_document(random, 4));
      const ContextEvaluator evaluator(context, programs);
      for (const std::string& source : sources) {
        Evaluated<Expression> parsed = parse_bare_expression(source);
        auto& expression = std::get<Expression>(parsed);
        REQUIRE(expression.is_path());
        const std::string by_path = shown(evaluator.evaluate(expression));
        expression.path.clear();  // now it is a program
        INFO(source << " of " << context.find("v")->value().dump());
        CHECK(by_path == shown(evaluator.evaluate(expression)));
      }
    }
  }
}
