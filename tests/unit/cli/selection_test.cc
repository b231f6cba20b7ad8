// Which jobs are left out; waves of those that aren't.
#include "cli/selection.h"

#include "catch.h"
#include "cli/plan_order.h"
#include "small_file.h"

using namespace corun;

namespace {

// a <- b <- d, c (a group of x, y) alone.
JobFile diamondless() {
  JobFile file;
  add_job(file.top, 0, "a");
  add_job(file.top, 1, "b", {0});
  add_job(file.top, 2, "c").action = gather_of(3, "c", {"x", "y"});
  add_job(file.top, 5, "d", {1});
  return file;
}

std::vector<bool> selected(const SelectionSettings& settings) {
  JobFile file = diamondless();
  Result<std::vector<bool>> excluded = select_jobs(file, settings);
  REQUIRE(excluded);
  return *excluded;
}

std::string error_of(const SelectionSettings& settings) {
  JobFile file = diamondless();
  const Result<std::vector<bool>> excluded = select_jobs(file, settings);
  return excluded ? "" : excluded.error().message;
}

}  // namespace

TEST_CASE("Nothing asked for: nothing left out") { CHECK(selected({}).empty()); }

TEST_CASE("A name brings what it needs; a group's inside follows it") {
  CHECK(selected({{"b"}, {}, {}, {}, {}, {}}) == std::vector<bool>{false, false, true, true, true, true});
  CHECK(selected({{"d"}, {}, {}, {}, {}, {}}) == std::vector<bool>{false, false, true, true, true, false});
  CHECK(selected({{"c"}, {}, {}, {}, {}, {}}) == std::vector<bool>{true, true, false, false, false, true});
}

TEST_CASE("Globs take jobs alone, and away") {
  CHECK(selected({{}, {"[bd]"}, {}, {}, {}, {}}) == std::vector<bool>{true, false, true, true, true, false});
  CHECK(selected({{}, {}, {"c", "d"}, {}, {}, {}}) == std::vector<bool>{false, false, true, true, true, true});
  CHECK(selected({{"d"}, {"*"}, {"a"}, {}, {}, {}}) == std::vector<bool>{true, false, true, true, true, false});
}

TEST_CASE("What matches nothing is an error") {
  CHECK(error_of({{"e"}, {}, {}, {}, {}, {}}) == "there is no job `e`; did you mean `a`?");
  CHECK(error_of({{}, {"nothing*"}, {}, {}, {}, {}}) == "no job matches `nothing*`");
  CHECK(error_of({{}, {}, {"*"}, {}, {}, {}}) == "the selection leaves no job to run");
  CHECK(error_of({{"a"}, {"b"}, {}, {}, {}, {}}) == "the selection leaves no job to run");
}

namespace {

SelectionSettings reach(std::vector<std::string> from, std::vector<std::string> until = {}) {
  SelectionSettings settings;
  settings.from = std::move(from);
  settings.until = std::move(until);
  return settings;
}

}  // namespace

TEST_CASE("From a job on, up to a job, or what lies between") {
  CHECK(selected(reach({"b"})) == std::vector<bool>{true, false, true, true, true, false});
  CHECK(selected(reach({"a"})) == std::vector<bool>{false, false, true, true, true, false});
  CHECK(selected(reach({"c", "d"})) == std::vector<bool>{true, true, false, false, false, false});
  CHECK(selected(reach({"[ab]"})) == std::vector<bool>{false, false, true, true, true, false});
  CHECK(selected(reach({}, {"b"})) == std::vector<bool>{false, false, true, true, true, true});
  CHECK(selected(reach({"b"}, {"b"})) == std::vector<bool>{true, false, true, true, true, true});
  SelectionSettings settings = reach({"a"}, {"d"});
  settings.skip = {"b"};
  CHECK(selected(settings) == std::vector<bool>{false, true, true, true, true, false});
  settings.jobs = {"b"};
  CHECK(selected(settings) == std::vector<bool>{false, true, true, true, true, true});
  CHECK(error_of(reach({"e"})) == "no job matches `e`; did you mean `a`?");
  CHECK(error_of(reach({}, {"c/x"})) == "no job matches `c/x`: jobs inside of `c` can't be selected, only all of it");
  CHECK(error_of(reach({"d"}, {"a"})) == "the selection leaves no job to run");
}

TEST_CASE("Tags select jobs alone") {
  const auto outcome = [](std::vector<std::string> tags) {
    JobFile file = diamondless();
    const auto tag = [](Job& job, std::vector<std::string> names) {
      job.notes = std::make_unique<JobNotes>();
      job.notes->tags = std::move(names);
    };
    tag(file.top.jobs[1], {"slow", "net"});
    tag(file.top.jobs[3], {"network"});
    tag(std::get<std::unique_ptr<GatherSpec>>(file.top.jobs[2].action)->group->jobs[0], {"inner"});
    SelectionSettings settings;
    settings.tags = std::move(tags);
    const Result<std::vector<bool>> excluded = select_jobs(file, settings);
    if (!excluded) return excluded.error().message;
    std::string names;
    for (const Job& job : file.top.jobs) names += (*excluded)[job.id] ? "" : job.name;
    return names;
  };
  CHECK(outcome({"slow"}) == "b");
  CHECK(outcome({"net*"}) == "bd");
  CHECK(outcome({"slow", "network"}) == "bd");
  CHECK(outcome({"slwo"}) == "no job has a tag that matches `slwo`; did you mean `slow`?");
  CHECK(outcome({"inner"}) == "no job has a tag that matches `inner`: jobs inside of `c` can't be selected, only all of it");
  CHECK(outcome({"slow", "zzz"}) == "no job has a tag that matches `zzz`");
}

TEST_CASE("Combinations of a matrix are selected like jobs; items of a foreach, and jobs inside of others, aren't") {
  // x <- test[os=linux,v=1] test[os=linux,v=2] test[os=mac,v=1] <- y; each[…] alone
  const auto make = [] {
    JobFile file = diamondless();
    const auto loop = [&](Job& job, std::vector<std::string> keys) {
      job.flow = std::make_unique<JobFlow>();
      job.flow->foreach = std::make_unique<ForeachSpec>();
      job.flow->foreach->items.kind = Value::Kind::list;
      job.flow->foreach->items.items.resize(keys.empty() ? 2 : keys.size());
      job.flow->foreach->keys = std::move(keys);
    };
    file.top.jobs[1].name = "test";
    loop(file.top.jobs[1], {"os=linux,v=1", "os=linux,v=2", "os=mac,v=1"});
    loop(file.top.jobs[3], {});
    return file;
  };
  const auto combinations = [&](const SelectionSettings& settings) {
    JobFile file = make();
    const Result<std::vector<bool>> excluded = select_jobs(file, settings);
    if (!excluded) return excluded.error().message;
    if ((*excluded)[1]) return std::string("none");
    const ForeachSpec& matrix = *file.top.jobs[1].flow->foreach;
    CHECK(matrix.items.items.size() == matrix.keys.size());
    std::string text = (*excluded)[0] ? "" : "a ";
    for (const std::string& key : matrix.keys) text += key + ' ';
    return text;
  };
  CHECK(combinations({{}, {"test[os=linux*"}, {}, {}, {}, {}}) == "os=linux,v=1 os=linux,v=2 ");
  CHECK(combinations({{}, {"test[os=*,v=1]"}, {}, {}, {}, {}}) == "os=linux,v=1 os=mac,v=1 ");
  CHECK(combinations({{}, {}, {"test[os=linux,v=1]", "*mac*"}, {}, {}, {}}) == "a os=linux,v=2 ");
  CHECK(combinations({{}, {"t*"}, {"*v=1]"}, {}, {}, {}}) == "os=linux,v=2 ");
  CHECK(combinations({{}, {}, {"test[*"}, {}, {}, {}}) == "none");
  CHECK(combinations({{"test[os=mac,v=1]"}, {}, {}, {}, {}, {}}) == "a os=mac,v=1 ");
  CHECK(combinations({{"test[os=mac,v=1]", "d"}, {}, {}, {}, {}, {}}) == "a os=linux,v=1 os=linux,v=2 os=mac,v=1 ");
  CHECK(combinations(reach({"test[os=mac*"})) == "os=mac,v=1 ");
  CHECK(combinations(reach({}, {"test[os=mac*"})) == "a os=mac,v=1 ");
  CHECK(combinations(reach({"a"}, {"d"})) == "a os=linux,v=1 os=linux,v=2 os=mac,v=1 ");
  CHECK(combinations({{"test[os=mac,v=2]"}, {}, {}, {}, {}, {}}) ==
        "there is no job `test[os=mac,v=2]`: `test` has no such combination; did you mean `test[os=mac,v=1]`?");
  CHECK(combinations({{}, {"test[os=bsd*"}, {}, {}, {}, {}}) == "no job matches `test[os=bsd*`: `test` has no such combination");
  CHECK(combinations({{"d[0]"}, {}, {}, {}, {}, {}}) ==
        "there is no job `d[0]`: the items of `d` can't be selected: only its run tells which there are");
  CHECK(combinations({{}, {}, {"c/*"}, {}, {}, {}}) ==
        "no job matches `c/*`: jobs inside of `c` can't be selected, only all of it");
}

TEST_CASE("Jobs inside groups are counted, those of fallbacks too") {
  JobFile file = diamondless();
  CHECK(count_jobs(file.top) == 6);
  file.top.jobs[0].fallback = std::make_unique<Action>(gather_of(6, "a", {"z"}));
  CHECK(count_jobs(file.top) == 7);
}

TEST_CASE("Waves") {
  const auto waves = [](const JobFile& file, const std::vector<bool>& excluded) {
    std::string text;
    for (const PlannedJob& job : plan_order(file.top, excluded)) text += std::to_string(job.wave) + job.job->name + " ";
    return text;
  };
  const JobFile file = diamondless();
  CHECK(waves(file, {}) == "1a 1c 2b 3d ");
  CHECK(waves(file, {true, false, true, true, true, false}) == "1b 2d ");

  JobFile chain;
  for (std::uint32_t i = 0; i < 100'000; ++i)
    add_job(chain.top, i, "j", i == 0 ? std::vector<JobIndex>{} : std::vector<JobIndex>{i - 1});
  CHECK(plan_order(chain.top, {}).back().wave == 100'000);
}
