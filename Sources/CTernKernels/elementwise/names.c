// The operations by name, for messages.
#include "TernElementwise.h"
#include "operations.h"

#define NAME(operation, function) [operation] = #function,
const char *tern_unary_name(TernUnary operation) {
    static const char *const names[] = { EACH_UNARY(NAME, NAME, NAME) };
    return names[operation];
}
const char *tern_unary_parameter_name(TernUnaryParameter operation) {
    static const char *const names[] = { EACH_UNARY_PARAMETER(NAME, NAME, NAME) };
    return names[operation];
}
const char *tern_binary_name(TernBinary operation) {
    static const char *const names[] = { EACH_BINARY(NAME, NAME, NAME) NAME(TERN_BINARY_POWER, power) };
    return names[operation];
}
const char *tern_integer_name(TernInteger operation) {
    static const char *const names[] = {EACH_INTEGER_FUNCTION(NAME)};
    return names[operation];
}
const char *tern_binary_parameter_name(TernBinaryParameter operation) {
    static const char *const names[] = { EACH_BINARY_PARAMETER(NAME, NAME, NAME) };
    return names[operation];
}
