// ipc/codec.h - values into bytes and back, trusting no byte.
//
// CONCEPT     Two processes share no memory, so a value that is to travel must
//             become bytes first. An int is its own bytes; a string lives
//             elsewhere in memory and is written as a count and its
//             characters; a vector, map, tuple or struct is its parts, one
//             after another:
//
//               pair<int, string>{7, "ab"}  ->  07 00 00 00
//                                               02 00 .. 00  'a' 'b'
//                                               '-- count --'
//
//             Reading back takes nothing for granted (ipc/decoder.h). A struct
//             joins by listing its members:
//
//               struct Point {
//                 int x;
//                 std::string label;
//                 static constexpr auto kFields =
//                     std::tuple(&Point::x, &Point::label);
//               };
//
// IN PYTHON   pickle.dumps and pickle.loads
// INVARIANTS  I1. decode<T>(encode(value)) == value, for the same T.
//             I2. No input makes decode read outside it, allocate more than a
//                 fixed multiple of its size, or run out of stack.
// THREADS     Functions of their arguments.
// OWNERSHIP   Decoded values own their bytes.
// ERRORS      DecodeError: too short, too long, a count that lies, a bool that
//             is neither, structs in structs deeper than kMaxDepth. A type
//             without an encoding does not compile. Nor does what refers to
//             memory, as the other process has other memory: data pointers,
//             spans, reference_wrappers, arrays of them; and no string_view is
//             decoded. Inside a flat struct or a lambda they cannot be seen:
//             there, leave them out.
// LEFT OUT    Type names and versions (both ends are one program), byte order
//             (both ends are one machine), shared and cyclic references.
// READ NEXT   ipc/frame.h
#ifndef IPC_CODEC_H_
#define IPC_CODEC_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "ipc/decoder.h"
#include "ipc/errors.h"
#include "ipc/flat.h"

namespace ipc {

using Bytes = std::vector<std::byte>;

namespace internal {

template <class T>
concept Listed = requires {
  T::kFields;
};
// Each value takes a byte at least, so that a count has something to be checked
// against; a struct without members would take none.
template <class T>
inline constexpr bool kHasMembers =
    std::tuple_size_v<std::remove_cvref_t<decltype(T::kFields)>> > 0;
template <class T>
concept Text = std::is_convertible_v<const T&, std::string_view>;
template <class T>
concept Map = requires {
  typename T::mapped_type;
};
// Copied whole in an array too. Not of bools: each of their bytes is checked.
template <class T>
inline constexpr bool kCopiedWhole =
    Flat<T> && !Listed<T> && !Text<T> && !std::is_same_v<T, bool>;

template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsTuple = false;
template <class... T>
inline constexpr bool kIsTuple<std::tuple<T...>> = sizeof...(T) > 0;
template <class A, class B>
inline constexpr bool kIsTuple<std::pair<A, B>> = true;

// Dependent, so that the assert fires only where the branch is taken.
template <class T>
inline constexpr bool kHasEncoding = false;

inline void append(Bytes& out, const void* data, size_t size) {
  if (size == 0) {
    return;  // an empty vector has no pointer to count from
  }
  const auto* const bytes = static_cast<const std::byte*>(data);
  out.insert(out.end(), bytes, bytes + size);
}
inline void append_count(Bytes& out, uint64_t count) {
  append(out, &count, sizeof count);
}

}  // namespace internal

template <class T>
void encode_to(Bytes& out, const T& value);

// Appends a count and as many values: what decodes as a vector of them.
template <class Iterator>
void encode_sequence(Bytes& out, Iterator first, size_t count) {
  using Element = std::iter_value_t<Iterator>;
  internal::append_count(out, count);
  if constexpr (std::contiguous_iterator<Iterator> &&
                internal::kCopiedWhole<Element>) {
    internal::append(out, std::to_address(first), count * sizeof(Element));
  } else {
    for (; count > 0; --count, ++first) {
      encode_to<Element>(out, *first);
    }
  }
}

// Appends the encoding of `value` to `out`.
template <class T>
void encode_to(Bytes& out, const T& value) {
  using namespace internal;
  if constexpr (Listed<T>) {
    static_assert(kHasMembers<T>, "without kFields it is flat, and travels");
    std::apply([&](auto... member) { (encode_to(out, value.*member), ...); },
               T::kFields);
  } else if constexpr (Text<T>) {
    const std::string_view text = value;
    append_count(out, text.size());
    append(out, text.data(), text.size());
  } else if constexpr (kIsVector<T>) {
    encode_sequence(out, value.begin(), value.size());
  } else if constexpr (Map<T>) {
    append_count(out, value.size());
    for (const auto& [key, mapped] : value) {
      encode_to(out, key);
      encode_to(out, mapped);
    }
  } else if constexpr (kIsTuple<T>) {
    std::apply([&](const auto&... part) { (encode_to(out, part), ...); },
               value);
  } else if constexpr (kIsOptional<T>) {
    encode_to(out, value.has_value());
    if (value) {
      encode_to(out, *value);
    }
  } else if constexpr (Flat<T>) {
    append(out, &value, sizeof value);
  } else {
    static_assert(kHasEncoding<T>,
                  "this type has no encoding; give it a member "
                  "static constexpr auto kFields = std::tuple(&T::a, &T::b)");
  }
}

// Takes one T from the front of what `in` has left.
template <class T>
T decode_from(Decoder& in) {
  using namespace internal;
  if constexpr (Listed<T>) {
    static_assert(kHasMembers<T>, "without kFields it is flat, and travels");
    const Decoder::Level level(in);
    T value;
    std::apply(
        [&](auto... member) {
          ((value.*member =
                decode_from<std::remove_cvref_t<decltype(value.*member)>>(in)),
           ...);
        },
        T::kFields);
    return value;
  } else if constexpr (std::is_same_v<T, std::string>) {
    const auto bytes = in.take(in.take_count(1));
    return std::string(reinterpret_cast<const char*>(bytes.data()),
                       bytes.size());
  } else if constexpr (kIsVector<T>) {
    using Element = typename T::value_type;
    if constexpr (kCopiedWhole<Element>) {
      const auto bytes =
          in.take(in.take_count(sizeof(Element)) * sizeof(Element));
      T value(bytes.size() / sizeof(Element));
      if (!bytes.empty()) {  // memcpy wants pointers even for no bytes
        std::memcpy(value.data(), bytes.data(), bytes.size());
      }
      return value;
    } else {
      // Every encoding has a byte at least, so the count is bounded by what
      // arrived; growing as elements are decoded bounds the memory too. [I2]
      T value;
      for (size_t left = in.take_count(1); left > 0; --left) {
        value.push_back(decode_from<Element>(in));
      }
      return value;
    }
  } else if constexpr (Map<T>) {
    T value;
    for (size_t left = in.take_count(2); left > 0; --left) {
      auto key = decode_from<typename T::key_type>(in);
      value.emplace(std::move(key), decode_from<typename T::mapped_type>(in));
    }
    return value;
  } else if constexpr (kIsTuple<T>) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      // Braces, because they evaluate from left to right.
      return T{decode_from<std::tuple_element_t<I, T>>(in)...};
    }
    (std::make_index_sequence<std::tuple_size_v<T>>());
  } else if constexpr (kIsOptional<T>) {
    return decode_from<bool>(in) ? T(decode_from<typename T::value_type>(in))
                                 : T();
  } else if constexpr (std::is_same_v<T, bool>) {
    const auto byte = std::to_integer<unsigned>(in.take(1)[0]);
    if (byte > 1) {
      throw DecodeError("a truth value of " + std::to_string(byte));
    }
    return byte == 1;
  } else if constexpr (Flat<T> && !Text<T>) {
    T value;
    std::memcpy(&value, in.take(sizeof value).data(), sizeof value);
    return value;
  } else {
    static_assert(kHasEncoding<T>,
                  "this type has no encoding; give it a member "
                  "static constexpr auto kFields = std::tuple(&T::a, &T::b)");
  }
}

// The whole of one message.
template <class T>
Bytes encode(const T& value) {
  Bytes bytes;
  encode_to(bytes, value);
  return bytes;
}
template <class T>
T decode(std::span<const std::byte> bytes) {
  Decoder in(bytes);
  T value = decode_from<T>(in);
  if (!in.rest().empty()) {
    throw DecodeError(std::to_string(in.rest().size()) +
                      " bytes are left over after the value");
  }
  return value;
}

}  // namespace ipc

#endif  // IPC_CODEC_H_
