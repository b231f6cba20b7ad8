// Reads HTTP requests. Knows nothing of jobs or of how requests are sent.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "graph/job.h"
#include "graph/protocol.h"
#include "graph/read_values.h"
#include "graph/reader.h"

namespace corun {

/// The words of `protocols`.
inline constexpr std::array<Choice<Protocol>, 6> kProtocolChoices{{{"http", Protocol::http},
                                                                   {"https", Protocol::https},
                                                                   {"ftp", Protocol::ftp},
                                                                   {"ftps", Protocol::ftps},
                                                                   {"sftp", Protocol::sftp},
                                                                   {"mqtt", Protocol::mqtt}}};

/// `http`: a URL or a map. What `defaults` (null: none) says counts where the request says nothing of it.
std::unique_ptr<HttpSpec> read_http(Reader& reader, NodeId node, const HttpSpec* defaults);

/// A Key::decode of `defaults: {http: …}` into JobSettings.
void decode_default_http(Reader& reader, NodeId node, void* target);

/// A map of header names to texts that can be sent.
std::optional<std::vector<NamedText>> read_headers(Reader& reader, NodeId node);

/// A text that isn't empty and whose literal parts are one line without control characters.
std::optional<Text> read_line(Reader& reader, NodeId node);

/// The rare settings of a request, made if there are none yet.
HttpOptions& options_of(HttpSpec& spec);

// Each is a Key::decode; the target is the HttpSpec.

void set_auth(Reader& reader, NodeId node, void* target);
void set_tls(Reader& reader, NodeId node, void* target);
void set_multipart(Reader& reader, NodeId node, void* target);
void set_cookies(Reader& reader, NodeId node, void* target);
void set_proxy(Reader& reader, NodeId node, void* target);
void set_idempotency_key(Reader& reader, NodeId node, void* target);
void set_network(Reader& reader, NodeId node, void* target);
void set_save(Reader& reader, NodeId node, void* target);
void set_ssh(Reader& reader, NodeId node, void* target);
void set_protocols(Reader& reader, NodeId node, void* target);
void set_max_messages(Reader& reader, NodeId node, void* target);

/// Reports that the request `map` has two bodies, or one but no method.
void check_bodies(Reader& reader, NodeId map);
/// Reports headers that other keys of `map` send as well.
void check_headers_of_keys(Reader& reader, NodeId map);

/// Reports `aws_sigv4`, which covers the body, of a body that isn't in memory as libcurl then needs it; S3 does without.
void check_signed_body(Reader& reader, NodeId node, const HttpSpec& spec);

/// Reports what of a request, read from `node` and completed by its defaults, doesn't go together with `save`, with its
/// protocols or with the one its URL names.
void check_options(Reader& reader, NodeId node, const HttpSpec& spec);

}  // namespace corun
