// How DSNs are read and masked. Knows nothing of connections.
#include "io/sql_dsn.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <memory>

namespace corun {
namespace {

constexpr std::string_view kMask = "***";

struct FreeOptions {
  const PqApi& api;
  void operator()(PQconninfoOption* options) const { api.conninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

bool is_address(const std::string& host) {
  in6_addr address{};
  const std::string without_scope = host.substr(0, host.find('%'));
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1 || ::inet_pton(AF_INET6, without_scope.c_str(), &address) == 1;
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t comma = list.find(',');
    parts.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    list.remove_prefix(comma + 1);
  }
}

std::string* find(SqlSettings& settings, std::string_view name) {
  const auto found = std::find_if(settings.begin(), settings.end(), [&](const auto& setting) { return setting.first == name; });
  return found == settings.end() ? nullptr : &found->second;
}

void set(SqlSettings& settings, std::string name, std::string value) {
  if (std::string* present = find(settings, name)) {
    *present = std::move(value);
  } else {
    settings.emplace_back(std::move(name), std::move(value));
  }
}

SqlSettings settings_of(const PQconninfoOption* options) {
  SqlSettings settings;
  for (; options != nullptr && options->keyword != nullptr; ++options) {
    if (options->val != nullptr && *options->val != '\0') settings.emplace_back(options->keyword, options->val);
  }
  return settings;
}

// What the environment, or the service that it names, says of the server.
void add_default_server(const PqApi& api, SqlSettings& settings) {
  const Options options(api.conndefaults(), FreeOptions{api});
  SqlSettings defaults = settings_of(options.get());
  for (const char* name : {"host", "hostaddr", "port"}) {
    std::string* value = find(defaults, name);
    if (value != nullptr && find(settings, name) == nullptr) settings.emplace_back(name, *value);
  }
}

// Moves the servers out of the settings, unless libpq has nothing to look up or can't make sense of them anyway.
void take_hosts(SqlDsn& dsn) {
  const std::string* names = find(dsn.settings, "host");
  if (names == nullptr || find(dsn.settings, "hostaddr") != nullptr) return;
  const std::vector<std::string> hosts = split(*names);
  const std::string* port_list = find(dsn.settings, "port");
  const std::vector<std::string> ports = split(port_list != nullptr ? *port_list : std::string());
  if (ports.size() != 1 && ports.size() != hosts.size()) return;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    dsn.hosts.push_back(SqlHost{hosts[i], ports[ports.size() == 1 ? 0 : i], {}});
  }
  std::erase_if(dsn.settings, [](const auto& setting) { return setting.first == "host" || setting.first == "port"; });
}

std::optional<Duration> seconds(const std::string* text) {
  if (text == nullptr) return std::nullopt;
  int count = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), count);
  if (error != std::errc() || end != text->data() + text->size() || count <= 0) return std::nullopt;
  return std::chrono::seconds(count);
}

bool is_secret(std::string_view setting) { return setting.find("password") != std::string_view::npos; }

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// `scheme://user:password@host/database?setting=value&…`
std::string masked_uri(std::string_view uri) {
  std::string out(uri);
  const std::size_t start = out.find("://") + 3;
  const std::size_t at = out.rfind('@');
  const std::size_t colon = out.find(':', start);
  if (at != std::string::npos && colon < at) out.replace(colon + 1, at - colon - 1, kMask);
  for (std::size_t name = out.find('?'); name != std::string::npos; name = out.find('&', name)) {
    ++name;
    const std::size_t equals = out.find('=', name);
    if (equals == std::string::npos) break;
    const std::size_t end = std::min(out.find('&', equals), out.size());
    if (is_secret(std::string_view(out).substr(name, equals - name))) out.replace(equals + 1, end - equals - 1, kMask);
  }
  return out;
}

// `name = value name = 'va\'lue'`
std::string masked_settings(std::string_view text) {
  std::string out;
  std::size_t i = 0;
  const auto skip_spaces = [&] {
    while (i < text.size() && is_space(text[i])) ++i;
  };
  for (skip_spaces(); i < text.size(); skip_spaces()) {
    const std::size_t name = i;
    while (i < text.size() && text[i] != '=' && !is_space(text[i])) ++i;
    const std::string_view setting = text.substr(name, i - name);
    skip_spaces();
    if (i == text.size() || text[i] != '=') return std::string(kMask);
    ++i;
    skip_spaces();
    const std::size_t value = i;
    const bool quoted = i < text.size() && text[i] == '\'';
    if (quoted) ++i;
    while (i < text.size() && (quoted ? text[i] != '\'' : !is_space(text[i]))) i += text[i] == '\\' ? 2U : 1U;
    if (quoted) ++i;
    if (i > text.size()) return std::string(kMask);
    out += (out.empty() ? "" : " ") + std::string(setting) + '=';
    out += is_secret(setting) ? kMask : text.substr(value, i - value);
  }
  return out;
}

}  // namespace

bool SqlHost::needs_lookup() const { return !name.empty() && name[0] != '/' && name[0] != '@' && !is_address(name); }

SqlSettings SqlDsn::connection_settings() const {
  if (hosts.empty()) return settings;
  std::string names;
  std::string addresses;
  std::string ports;
  const char* separator = "";
  const auto add = [&](const SqlHost& host, const std::string& address) {
    names += separator + host.name;
    addresses += separator + address;
    ports += separator + host.port;
    separator = ",";
  };
  for (const SqlHost& host : hosts) {
    if (!host.needs_lookup()) add(host, is_address(host.name) ? host.name : "");
    for (const std::string& address : host.addresses) add(host, address);
  }
  SqlSettings all = settings;
  all.emplace_back("host", names);
  all.emplace_back("hostaddr", addresses);
  const bool has_port = std::any_of(hosts.begin(), hosts.end(), [](const SqlHost& host) { return !host.port.empty(); });
  if (has_port) all.emplace_back("port", ports);
  return all;
}

std::string SqlDsn::server() const {
  std::string names;
  for (const SqlHost& host : hosts) names += (names.empty() ? "" : ", ") + host.name;
  return names.empty() ? "the database" : names;
}

Result<SqlDsn> parse_dsn(const PqApi& api, const std::string& dsn) {
  if (dsn.find('\0') != std::string::npos) return Error{"the dsn holds a NUL character"};
  char* message = nullptr;
  const Options options(api.conninfoParse(dsn.c_str(), &message), FreeOptions{api});
  if (options == nullptr) {
    const std::string reason = message != nullptr ? message : "";
    api.freemem(message);
    // Other messages of libpq's quote pieces that may be part of a password.
    const bool names_setting =
        reason.starts_with("invalid connection option") || reason.starts_with("invalid URI query parameter");
    return Error{"the dsn can't be understood" + (names_setting ? ": " + reason.substr(0, reason.find('\n')) : std::string())};
  }
  SqlDsn parsed;
  parsed.settings = settings_of(options.get());
  if (find(parsed.settings, "service") != nullptr) {
    return Error{"`service` in a dsn isn't supported: name the server in it, or the service in PGSERVICE"};
  }
  if (find(parsed.settings, "host") == nullptr && find(parsed.settings, "hostaddr") == nullptr) {
    add_default_server(api, parsed.settings);
  }
  parsed.connect_timeout = seconds(find(parsed.settings, "connect_timeout"));
  take_hosts(parsed);
  set(parsed.settings, "client_encoding", "UTF8");
  set(parsed.settings, "fallback_application_name", "corun");
  // Kerberos may ask servers of its own, blocking.
  if (find(parsed.settings, "gssencmode") == nullptr && std::getenv("PGGSSENCMODE") == nullptr) {
    set(parsed.settings, "gssencmode", "disable");
  }
  return parsed;
}

std::string masked_dsn(std::string_view dsn) {
  const bool is_uri = dsn.starts_with("postgresql://") || dsn.starts_with("postgres://");
  return is_uri ? masked_uri(dsn) : masked_settings(dsn);
}

}  // namespace corun
