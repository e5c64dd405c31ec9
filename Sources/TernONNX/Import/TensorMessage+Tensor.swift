import Foundation
import TernCore
import TernFormats

/// Where a model's file is, for values that are kept in files beside it.
struct ONNXFolder {
    /// What errors call the model's file.
    let file: String
    /// Nil for a model from memory, which has no files beside it.
    let folder: String?

    func error(_ name: String, _ expected: String, _ found: String) -> ONNXError {
        .file(FormatError(file, at: .key(name), expected: expected, found: found))
    }
}

extension TensorMessage {
    /// The elements' type; nil if Tern has none.
    var dtype: DType? { ONNXType.dtype(type) }

    func shape(_ name: String, _ place: ONNXFolder) throws(ONNXError) -> Shape {
        let sizes = sizes.map { Int(truncatingIfNeeded: $0) }
        guard sizes.count <= Shape.maximumRank, sizes.allSatisfy({ $0 >= 0 }),
            elementCount(sizes.map { max($0, 1) }, atMost: Shape.maximumElements) != nil
        else { throw place.error(name, "a shape that a tensor can have", "\(sizes.prefix(16))") }
        return Shape(sizes)
    }

    /// The tensor. Memory is taken only for values that are there.
    func tensor(_ place: ONNXFolder) throws(ONNXError) -> Tensor {
        guard let dtype else { throw place.error(name, "an element type of Tern's", ONNXType.name(type)) }
        let shape = try shape(name, place)
        let count = shape.elements
        if isExternal { return try externalTensor(shape, dtype, place) }
        if let raw {
            guard raw.count == count * dtype.byteCount else {
                throw place.error(name, "\(count * dtype.byteCount) bytes for \(dtype)\(shape)", "\(raw.count)")
            }
            return try tensor(raw, shape, dtype, place)
        }
        func check(_ found: Int) throws(ONNXError) {
            if found != count { throw place.error(name, "\(count) values for \(dtype)\(shape)", "\(found)") }
        }
        switch dtype {
        case .float32:
            try check(floats.count)
            return Tensor(shape: shape, values: floats)
        case .float64:
            try check(doubles.count)
            return Tensor(shape: shape, values: doubles)
        case .int64:
            try check(longs.count)
            return Tensor(shape: shape, values: longs)
        case .uint64, .uint32:
            try check(longs.count)
            let values = Tensor(shape: shape, values: longs.map(UInt64.init(bitPattern:)))
            return values.converted(to: dtype)
        case .float16, .bfloat16:
            try check(integers.count)
            let bits = integers.map { UInt16(truncatingIfNeeded: $0) }
            return bits.withUnsafeBytes { Tensor(shape: shape, dtype: dtype, bytes: $0) }
        case .bool:
            try check(integers.count)
            return Tensor(shape: shape, values: integers.map { $0 != 0 })
        case .int8, .uint8, .int16, .uint16, .int32:
            try check(integers.count)
            return Tensor(shape: shape, values: integers).converted(to: dtype)
        }
    }

    private func tensor(
        _ bytes: ArraySlice<UInt8>, _ shape: Shape, _ dtype: DType, _ place: ONNXFolder
    ) throws(ONNXError) -> Tensor {
        if dtype == .bool { return Tensor(shape: shape, values: bytes.map { $0 != 0 }) }
        return bytes.withUnsafeBytes { Tensor(shape: shape, dtype: dtype, bytes: $0) }
    }

    /// The values in another file of the model's folder: not of any other, whatever links say.
    private func externalTensor(_ shape: Shape, _ dtype: DType, _ place: ONNXFolder) throws(ONNXError) -> Tensor {
        guard let folder = place.folder else {
            throw place.error(name, "values in the model itself, as it is not from a file", "another file")
        }
        let entries = Dictionary(external.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        let location = entries["location"] ?? ""
        let root = URL(fileURLWithPath: folder, isDirectory: true).resolvingSymlinksInPath().path
        let path = URL(fileURLWithPath: folder + "/" + location).standardizedFileURL.resolvingSymlinksInPath().path
        let isInside = path.hasPrefix(root.hasSuffix("/") ? root : root + "/")
        guard !location.isEmpty, !location.hasPrefix("/"), !location.contains("\0"), isInside else {
            throw place.error(name, "a file in the model's folder", quoted(location))
        }
        let size = shape.elements * dtype.byteCount
        guard let offset = Int(entries["offset"] ?? "0"), offset >= 0, let length = Int(entries["length"] ?? "\(size)"),
            length == size
        else {
            throw place.error(
                name, "\(size) bytes for \(dtype)\(shape) and an offset of at least 0",
                "length \(quoted(entries["length"] ?? "")), offset \(quoted(entries["offset"] ?? ""))")
        }
        do {
            let bytes = try contents(ofFile: path, at: offset, count: size, expected: "the values of \(quoted(name))")
            return try tensor(bytes[...], shape, dtype, place)
        } catch let error as FormatError {
            throw .file(error)
        } catch let error as ONNXError {
            throw error
        } catch {
            throw place.error(name, "values", "\(error)")
        }
    }
}

extension SparseTensorMessage {
    /// With zeros where no value is.
    func tensor(_ place: ONNXFolder, _ limits: ONNXLimits) throws(ONNXError) -> Tensor {
        let name = values.name
        var dense = TensorMessage()
        (dense.sizes, dense.type) = (sizes, values.type)
        let shape = try dense.shape(name, place)
        let given = try values.tensor(place)
        let indices = try indices.tensor(place)
        guard shape.elements <= limits.elements else {
            throw place.error(name, "at most \(limits.elements) elements", "\(shape)")
        }
        guard given.rank == 1, indices.dtype == .int64, indices.shape.first == given.count,
            indices.rank == 1 || indices.shape == [given.count, shape.count]
        else { throw place.error(name, "a value for each index", "\(given.shape) and \(indices.shape)") }
        var places = indices.array(of: Int.self)
        if indices.rank == 2 {
            let rank = shape.count
            let each = places
            places = []
            for row in 0..<given.count {
                var flat = 0
                for axis in 0..<rank {
                    let index = each[row * rank + axis]
                    guard (0..<shape[axis]).contains(index) else {
                        throw place.error(name, "indices within \(shape)", "\(index)")
                    }
                    flat = flat * shape[axis] + index
                }
                places.append(flat)
            }
        }
        if let wrong = places.first(where: { !(0..<shape.elements).contains($0) }) {
            throw place.error(name, "indices below \(shape.elements)", "\(wrong)")
        }
        let zeros = Tensor.zeros([shape.elements], dtype: given.dtype)
        return zeros.scattered(given, at: Tensor(places), axis: 0).reshaped(shape)
    }
}

/// The product of sizes that are not negative, if it is not too large.
func elementCount(_ sizes: some Sequence<Int>, atMost limit: Int) -> Int? {
    var product = 1
    for size in sizes {
        let (next, overflows) = product.multipliedReportingOverflow(by: size)
        if overflows || next > limit { return nil }
        product = next
    }
    return product
}
