import TernCore
import TernTestSupport
import Testing

private let types: [DType] = [
    .bool, .uint8, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64, .float16, .bfloat16, .float32, .float64,
]

/// Rows with many equal elements, and with all that floats can be.
private func rows(_ dtype: DType, _ count: Int, _ size: Int, _ seed: UInt64) -> Tensor {
    let generator = Generator(seed: seed)
    if dtype.isFloatingPoint {
        let values = Tensor.normal([count, size], standardDeviation: 3, dtype: .float64, generator: generator)
        let choice = Tensor.randomIntegers([count, size], in: 0..<12, generator: generator)
        var result = which(choice .< 3, round(values), values)
        for (number, special) in [Double.nan, .infinity, -.infinity, 0, -0.0].enumerated() {
            result = which(choice .== number + 3, special, result)
        }
        return result.converted(to: dtype)
    }
    if dtype == .bool { return Tensor.bernoulli([count, size], generator: generator).converted(to: .bool) }
    // Of the whole range, and few different ones in some rows.
    let wide = Tensor.randomIntegers([count, size], in: Int.min..<Int.max, generator: generator)
    let narrow = Tensor.randomIntegers([count, size], in: -5..<6, generator: generator)
    let isWide = Tensor.arange(count).unsqueezed(axes: 1) % 2 .== 0
    return which(isWide, wide, narrow).converted(to: dtype)
}

/// The stable order by plain comparison.
private func order(_ values: [Double], _ exact: [UInt64], _ descending: Bool) -> [Int] {
    func precedes(_ a: Int, _ b: Int) -> Bool {
        if values[a].isNaN || values[b].isNaN { return !values[a].isNaN && values[b].isNaN }
        if values[a] != values[b] { return values[a] < values[b] }
        return exact[a] < exact[b]
    }
    return values.indices.sorted { a, b in
        if precedes(a, b) { return !descending }
        if precedes(b, a) { return descending }
        return a < b
    }
}

@Test(
    "every type is sorted as by comparison, at every length, and what selects agrees with it",
    arguments: types, [1, 2, 7, 40, 48, 49, 300, 4096, 4500])
func sorting(dtype: DType, size: Int) {
    let x = rows(dtype, 4, size, UInt64(size))
    let integers = x.dtype.isFloatingPoint ? nil : x.converted(to: dtype == .uint64 ? .uint64 : .int64)
    for descending in [false, true] {
        let indices = x.argsorted(descending: descending)
        for row in 0..<4 {
            // Doubles do not tell large integers apart.
            let exact: [UInt64] =
                integers.map { rows in
                    dtype == .uint64
                        ? rows[row].array(of: UInt64.self)
                        : rows[row].array(of: Int64.self).map { UInt64(bitPattern: $0) ^ 1 << 63 }
                } ?? [UInt64](repeating: 0, count: size)
            let expected = order(x[row].array(of: Double.self), exact, descending)
            #expect(indices[row].array(of: Int.self) == expected, "row \(row), descending: \(descending)")
        }
        for k in Set([1, 3, size / 3, size - 1, size]) where k >= 1 && k <= size {
            let first = x.topK(k, largest: descending)
            #expect(first.indices == indices[.all, ..<k], "\(k), descending: \(descending)")
            if !descending { #expect(x.kthValue(k).indices == indices[.all, k - 1], "\(k)") }
        }
    }
}

@Test(
    "running extremes and places in sequences are those of plain comparison, at every length", arguments: types,
    [1, 31, 33, 300, 3000])
func runningAndSearching(dtype: DType, size: Int) {
    // All integers of 64 bits are more than doubles tell apart.
    let isExact = dtype.isFloatingPoint || dtype.byteCount < 8
    let x = rows(isExact ? dtype : .uint8, 2, size, UInt64(size)).converted(to: dtype)
    let edges = x[0, ..<Swift.min(size, 20)].sorted().values
    let bounds = edges.array(of: Double.self)
    for row in 0..<x.shape[0] {
        let values = x[row].array(of: Double.self)
        for isLargest in [true, false] {
            let found = isLargest ? x[row].cumulativeMax(axis: 0) : x[row].cumulativeMin(axis: 0)
            var best = 0
            let expected = values.indices.map { i in
                let (new, old) = (values[i], values[best])
                if new.isNaN || !old.isNaN && (isLargest ? new >= old : new <= old) { best = i }
                return best
            }
            #expect(found.indices == Tensor(expected))
            #expect(found.values.array(of: Double.self).map(\.bitPattern) == expected.map { values[$0].bitPattern })
        }
        for right in [false, true] {
            let expected = values.map { value in
                bounds.reduce(0) { count, edge in
                    let isLess = value.isNaN ? !edge.isNaN : edge < value
                    let isEqual = value.isNaN ? edge.isNaN : edge == value
                    return isLess || right && isEqual ? count + 1 : count
                }
            }
            #expect(searchSorted(edges, x[row], right: right) == Tensor(expected))
        }
    }
}

@Test("counts of bins are the sums of weights of one", arguments: types, [5, 3000])
func histograms(dtype: DType, size: Int) {
    let x = rows(dtype, 2, size, 7)
    let ones = Tensor.ones([2, size])
    for edges in [[-2, -1, 0, 0.5, 1, 4], [0, 1], [-5, 1e-30, 1e-3, 1, 3, 3, 1e30]] {
        let edges = Tensor(edges)
        let counts = histogram(x, edges: edges).counts
        #expect(counts.converted(to: .float32) == histogram(x, edges: edges, weights: ones).counts)
    }
}

@Test("rows are sorted alike on any number of threads, and along any axis")
func sortingOnThreads() {
    let x = rows(.float32, 60, 700, 3)
    let threads = threadCount
    defer { threadCount = threads }
    let results = [1, 3].map { count -> [Tensor] in
        threadCount = count
        return [
            x.argsorted(), x.T.argsorted(axis: 0, descending: true), x.topK(9).indices, x.median(axis: 1).indices,
            x.cumulativeMax(axis: 1).indices, x.unique().counts, x.mode().indices,
        ]
    }
    for (one, three) in zip(results[0], results[1]) { #expect(one == three) }
    #expect(x.T.argsorted(axis: 0) == x.argsorted().T)
    #expect(x.T.topK(5, axis: 0).indices == x.topK(5).indices.T)
}

@Test("tensors without elements, of one and of no axis")
func smallest() {
    let nothing = Tensor.zeros([3, 0])
    #expect(nothing.sorted().values.shape == [3, 0])
    #expect(nothing.topK(0).indices.shape == [3, 0])
    #expect(nothing.cumulativeMax(axis: 1).values.shape == [3, 0])
    #expect(nothing.cumulativeProduct(axis: 1).shape == [3, 0])
    #expect(nothing.logCumulativeSumExp(axis: 1).shape == [3, 0])
    #expect(nothing.cumulativeMax(axis: 0).indices.shape == [3, 0])
    #expect(nothing.median(axis: 0).values.shape == [0])
    #expect(nothing.unique().values.shape == [0])
    #expect(nothing.unique(axis: 1).values.shape == [3, 0])
    #expect(nothing.unique(axis: 0).counts == Tensor([3] as [Int]))
    #expect(nothing.diff().shape == [3, 0])
    #expect(nothing.nanSum() == Tensor(0))
    #expect(trapezoid(nothing) == Tensor.zeros([3]))
    #expect(cumulativeTrapezoid(Tensor.zeros([3, 1])).shape == [3, 0])
    #expect(histogram(Tensor.zeros([0]), bins: 2).counts == Tensor([0, 0]))
    #expect(searchSorted(Tensor.zeros([0]), Tensor([1, 2])) == Tensor([0, 0] as [Int]))
    #expect(Tensor([1, 2]).isIn(Tensor.zeros([0])) == Tensor([false, false]))
    #expect(nothing.split(size: 2, axis: 1).map(\.shape) == [[3, 0]])
    let one = Tensor(5)
    #expect(one.median(axis: 0).values == one && one.median() == one)
    #expect(one.mode().values == one && one.kthValue(1).indices == Tensor(0, dtype: .int64))
    #expect(one.cumulativeMax(axis: 0).values == one && one.cumulativeProduct(axis: -1) == one)
    #expect(one.logCumulativeSumExp(axis: 0) == one && one.quantile(0.3) == one)
    #expect(one.maxWithIndices(axis: 0).values == one && one.unique().values == Tensor([5]))
    #expect(one.covariance().item().isNaN)
}

@Test("a quantile of infinities is infinite, and of all NaN is NaN")
func infiniteQuantiles() {
    let x = Tensor([.infinity, .infinity, 1, -.infinity] as [Float])
    #expect(x.quantile([0, 0.25, 0.9, 1]) == Tensor([-.infinity, -.infinity, .infinity, .infinity]))
    #expect(Tensor([.nan, .nan]).nanQuantile(0.5).item().isNaN)
    #expect(Tensor([.nan, 2]).nanMedian().item() == 2)
}

@Test("a NaN or an infinity in front does not reach gradients of what it does not belong to")
func gradientsBesideInfinities() {
    let x = Variable(Tensor([-.infinity, 1, 2] as [Float]))
    x.value.logCumulativeSumExp(axis: 0)[1...].sum().backward()
    let gradient = x.gradient!.array(of: Double.self)
    #expect(gradient[0] == 0 && abs(gradient[1] - 1.2689) < 1e-3 && abs(gradient[2] - 0.7311) < 1e-3)
    let y = Variable(Tensor([.nan, 3, 1] as [Float]))
    (y.value.nanSum() + y.value.nanMax() + y.value.nanMean()).backward()
    #expect(y.gradient == Tensor([0, 2.5, 1.5]))
}

@Test("wrong use of order and histograms stops with a message")
func orderMistakes() async {
    expectMessage(
        "kthValue: expects k in 1...3 for axis 1 of shape [2, 3], got 4",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 3]).kthValue(4, axis: 1)
        })
    expectMessage(
        "median: has no value for no elements (shape [0])",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([0]).median()
        })
    expectMessage(
        "quantile: expects q in 0...1, got 1.25",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2]).quantile([0.5, 1.25])
        })
    expectMessage(
        "bincount: expects integers that are not negative, got -2",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = bincount(Tensor([1, -2] as [Int]))
        })
    expectMessage(
        "searchSorted: expects a sequence of rank 1 or one for each row of values, got [2, 3] and [3, 4]",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = searchSorted(Tensor.ones([2, 3]), Tensor.ones([3, 4]))
        })
    expectMessage(
        "sum: cannot be computed in bool: use any or all",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2]).sum(dtype: .bool)
        })
    expectMessage(
        "softmax: expects a floating-point type, got int64",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = softmax(Tensor.ones([2]), dtype: .int64)
        })
}
