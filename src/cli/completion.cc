// What may stand where the cursor is. Knows nothing of shells or of files.
#include "cli/completion.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "cli/flag_words.h"
#include "cli/flags.h"

namespace corun {
namespace {

bool takes_value(const Flag& flag) { return flag.kind == FlagKind::value || flag.kind == FlagKind::list; }

/// A command line up to the word that is being written.
class Line {
 public:
  explicit Line(const std::vector<std::string>& words) {
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
      const std::string& word = words[i];
      const bool value_follows = i + 2 < words.size();
      const Flag* open = nullptr;
      if (only_words_ || !word.starts_with('-') || word == "-") {
        add_word(word);
      } else if (word == "--") {
        only_words_ = true;
      } else if (word.starts_with("--")) {
        open = take_long(word);
      } else {
        open = take_letters(word);
      }
      if (open == nullptr) continue;
      if (value_follows) {
        given_[open->name].push_back(words[++i]);
      } else {
        open_ = open;
      }
    }
  }

  /// Null: none has been named.
  const Command* command() const { return command_; }
  CommandKind kind() const { return command_ != nullptr ? command_->kind : CommandKind::run; }
  /// Without the command.
  const std::vector<std::string>& words() const { return words_; }
  /// The flag whose value is being written, as a word of its own.
  const Flag* open() const { return open_; }
  bool only_words() const { return only_words_; }
  bool given(std::string_view flag) const { return given_.contains(flag); }
  std::string value(std::string_view flag) const {
    const auto found = given_.find(flag);
    return found == given_.end() || found->second.empty() ? std::string() : found->second.back();
  }

  const Flag* flag_named(std::string_view name) const {
    const auto found = std::find_if(flags().begin(), flags().end(), [&](const Flag& flag) { return flag.name == name; });
    return found == flags().end() || !found->of(kind()) ? nullptr : &*found;
  }

 private:
  void add_word(const std::string& word) {
    if (command_ == nullptr && words_.empty()) {
      command_ = find_command(word);
      if (command_ != nullptr) return;
    }
    words_.push_back(word);
  }

  // The flag, if its value is the next word.
  const Flag* take_long(std::string_view word) {
    const std::size_t equals = word.find('=');
    const Flag* const flag = flag_named(word.substr(2, equals == std::string_view::npos ? equals : equals - 2));
    if (flag == nullptr) return nullptr;
    std::vector<std::string>& values = given_[flag->name];
    if (equals != std::string_view::npos) values.emplace_back(word.substr(equals + 1));
    return takes_value(*flag) && equals == std::string_view::npos ? flag : nullptr;
  }

  const Flag* take_letters(std::string_view word) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      const auto found = std::find_if(flags().begin(), flags().end(),
                                      [&](const Flag& flag) { return flag.letter == word[i] && flag.of(kind()); });
      if (found == flags().end()) return nullptr;
      std::vector<std::string>& values = given_[found->name];
      if (!takes_value(*found)) continue;
      if (i + 1 == word.size()) return &*found;
      values.emplace_back(word.substr(i + 1));
      return nullptr;
    }
    return nullptr;
  }

  const Command* command_ = nullptr;
  std::vector<std::string> words_;
  std::map<std::string_view, std::vector<std::string>, std::less<>> given_;
  const Flag* open_ = nullptr;
  bool only_words_ = false;
};

void add_choices(Completion& completion, std::string_view choices) {
  while (!choices.empty()) {
    const std::string_view choice = choices.substr(0, choices.find('|'));
    choices.remove_prefix(std::min(choices.size(), choice.size() + 1));
    completion.candidates.push_back({completion.before + std::string(choice), ""});
  }
}

void complete_value(Completion& completion, const Flag& flag, CommandKind command) {
  const FlagWords* const words = words_for(flag, command);
  if (words == nullptr) return;
  const std::size_t equals = completion.part.find('=');
  const bool is_report = flag.name == "report";
  // `prom=FILE`, `NAME=@FILE`.
  const bool names_file = equals != std::string::npos &&
                          (is_report || (words->words == Words::secret && completion.part.substr(equals + 1).starts_with('@')));
  if (names_file) {
    const std::size_t begin = is_report ? equals + 1 : equals + 2;
    completion.before += completion.part.substr(0, begin);
    completion.part.erase(0, begin);
    completion.words = Words::file;
    return;
  }
  add_choices(completion, words->choices);
  completion.words = words->words;
}

void complete_flag(Completion& completion, const Line& line) {
  for (const Flag& flag : flags()) {
    const bool again = flag.kind == FlagKind::list || flag.kind == FlagKind::count;
    const FlagWords* const words = flag.of(line.kind()) ? words_for(flag, line.kind()) : nullptr;
    if (words == nullptr || (line.given(flag.name) && !again)) continue;
    completion.candidates.push_back({"--" + std::string(flag.name), std::string(words->description)});
    if (flag.letter != 0 && completion.part == "-") {
      completion.candidates.push_back({std::string("-") + flag.letter, std::string(words->description)});
    }
  }
  completion.candidates.push_back({"--help", "show the options"});
  if (line.command() == nullptr) completion.candidates.push_back({"--version", "show the version"});
}

void complete_word(Completion& completion, const Line& line) {
  if (line.command() == nullptr && line.words().empty()) {
    for (const Command& command : commands()) {
      completion.candidates.push_back({std::string(command.name), std::string(command.summary)});
    }
  }
  static const Command* const run = find_command(CommandKind::run);
  const Command& command = line.command() != nullptr ? *line.command() : *run;
  std::size_t position = line.words().size();
  std::size_t places = 0;
  while (places < command.words.size() && command.words[places] != Words::none) ++places;
  if (position >= places) {
    if (!command.any_number) return;
    position = places - 1;
  }
  completion.words = command.words[position];
  if (completion.words == Words::choice) add_choices(completion, command.choices);
}

std::string named_file(const Line& line) {
  const Command* const command = line.command();
  if (command == nullptr) return line.words().empty() ? std::string() : line.words().front();
  for (std::size_t i = 0; i < command->words.size() && i < line.words().size(); ++i) {
    if (command->words[i] == Words::job_file) return line.words()[i];
  }
  return {};
}

}  // namespace

Completion completion_of(const std::vector<std::string>& words) {
  const Line line(words);
  Completion completion;
  completion.part = words.empty() ? std::string() : words.back();
  completion.job_file = named_file(line);
  completion.directory = line.value("directory");
  completion.state_dir = line.value("state-dir");
  completion.run = line.value("run");
  const std::size_t equals = completion.part.find('=');
  if (line.open() != nullptr) {
    complete_value(completion, *line.open(), line.kind());
  } else if (!line.only_words() && completion.part.starts_with("--") && equals != std::string::npos) {
    const Flag* const flag = line.flag_named(std::string_view(completion.part).substr(2, equals - 2));
    if (flag == nullptr || !takes_value(*flag)) return completion;
    completion.before = completion.part.substr(0, equals + 1);
    completion.part.erase(0, equals + 1);
    complete_value(completion, *flag, line.kind());
  } else if (!line.only_words() && completion.part.starts_with('-')) {
    complete_flag(completion, line);
  } else {
    complete_word(completion, line);
    if (completion.words == Words::job && !line.words().empty()) {
      completion.others.assign(line.words().begin() + 1, line.words().end());
    }
  }
  return completion;
}

}  // namespace corun
