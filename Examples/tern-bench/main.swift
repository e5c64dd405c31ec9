import ExampleSupport
import Foundation
import Tern

/// Times training steps, single operations, matrix products and files.
func run() {
    let arguments = Arguments("tern-bench", "Times one training step of the reference workloads.")
    let names = arguments.strings(
        "workload", "NAME", "one of \(Workload.all.map(\.name).joined(separator: ", ")); repeatable")
    let rounds = arguments.int("rounds", default: 5, "rounds, of which the median is shown")
    let threads = arguments.int("threads", default: threadCount, "processors to compute on")
    let json = arguments.flag("json", "print one JSON object a line")
    let autocastType = arguments.string(
        "autocast", "TYPE", "compute the workloads in bfloat16 or float16, as autocast has it")
    let limit = arguments.flag(
        "limit", "show beside each time what its arithmetic alone and its memory traffic alone would take")
    let scaling = arguments.flag("scaling", "show instead what a step would take on up to 64 threads")
    let bits = arguments.flag("bits", "show instead whether steps on 1, 2, 3 and 8 threads give the same bits")
    let latency = arguments.flag("latency", "show the median and the 99th percentile of single steps instead")
    let start = arguments.flag("start", "time processes that take the first step of a workload and end, instead")
    let steps = arguments.int("steps", default: 0, "take so many steps alone, and show what memory they hold")
    let operations = arguments.flag("operations", "time single operations on four elements instead")
    let products = arguments.flag("products", "time matrix products instead")
    let convolutions = arguments.flag("convolutions", "time convolutions in each direction instead")
    let functions = arguments.string(
        "functions", "NAME", "time the functions whose names hold this instead, forward and backward; '' for all")
    let optimizers = arguments.string(
        "optimizers", "NAME", "time a step of the optimizers whose names hold this instead; '' for all")
    let files = arguments.string("files", "DIR", "time saving and loading a gigabyte in this folder instead")
    let data = arguments.string("data", "DIR", "with --files: read also mnist/ and cifar-10-batches-bin/ there")
    let records = arguments.flag("records", "time CSV, PNG and TensorBoard logs instead")
    let augmentation = arguments.flag("augmentation", "time the augmentation of images instead")
    let profiled = arguments.string("profile", "NAME", "profile one step of this workload instead")
    let trace = arguments.string("trace", "FILE", "with --profile: where the trace goes (default NAME.trace.json)")
    arguments.finish()

    threadCount = threads
    let halfType = autocastType.flatMap { name in [DType.bfloat16, .float16].first { "\($0)" == name } }
    if let autocastType, halfType == nil {
        return printError("tern-bench: autocast is to bfloat16 or float16, got '\(autocastType)'")
    }
    if let profiled {
        guard let workload = Workload.all.first(where: { $0.name == profiled }) else {
            return printError("tern-bench: there is no workload '\(profiled)'")
        }
        do {
            try profile(workload, rounds: rounds, to: trace ?? "\(profiled).trace.json")
        } catch { printError("tern-bench: \(error)") }
        return
    }
    if operations { return timeOperations() }
    if products { return timeProducts(json: json) }
    if convolutions { return timeConvolutions() }
    if let functions { return timeFunctions(functions, json: json) }
    if let optimizers {
        do { try timeOptimizers(optimizers, json: json) } catch { printError("tern-bench: \(error)") }
        return
    }
    if augmentation { return timeAugmentation(json: json) }
    if records {
        do { try timeRecords(rounds: rounds) } catch { printError("tern-bench: \(error)") }
        return
    }
    if let files {
        do { try timeFiles(in: files, data: data, rounds: rounds) } catch { printError("tern-bench: \(error)") }
        return
    }
    for name in names where !Workload.all.contains(where: { $0.name == name }) {
        // The peers' script asks for workloads that later versions will have: what is missing is left out.
        printError("tern-bench: there is no workload '\(name)'")
    }
    let workloads = Workload.all.filter { names.isEmpty || names.contains($0.name) }
    if bits { return compareBits(workloads) }
    if scaling { return modelThreads(workloads) }
    if start {
        do { try showStart(workloads, rounds: rounds) } catch { printError("tern-bench: \(error)") }
        return
    }
    let limits = limit ? Limits() : nil
    for workload in workloads {
        if latency || steps > 0 {
            if latency { workload.showLatency(rounds: rounds) } else { workload.showGrowth(steps: steps) }
            continue
        }
        let times =
            halfType.map { type in autocast(type) { workload.measure(rounds: rounds) } }
            ?? workload.measure(rounds: rounds)
        let median = times.sorted()[times.count / 2]
        if json {
            let list = times.map { String(format: "%.4f", $0) }.joined(separator: ", ")
            print(
                "{\"system\": \"tern\", \"workload\": \"\(workload.name)\", \"threads\": \(threads), "
                    + "\"ms_per_step\": \(median), \"rounds\": [\(list)]}")
        } else {
            let rate = workload.operations / median * 1e-6
            print(
                workload.paddedName + String(format: "%10.4f ms a step %8.1f GFLOP/s", median, rate)
                    + (limits.map { "   \($0.bounds(of: workload, milliseconds: median))" } ?? ""))
        }
    }
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    try body()
    return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
}

/// The shortest of many rounds, in nanoseconds: what else the machine does only ever adds.
func nanoseconds(rounds: Int = 30, calls: Int, _ body: () -> Void) -> Double {
    var best = Double.infinity
    for _ in 0..<rounds {
        best = min(best, seconds { for _ in 0..<calls { body() } } * 1e9 / Double(calls))
    }
    return best
}

func timeOperations() {
    let a = Tensor([1, 2, 3, 4])
    let b = Tensor([5, 6, 7, 8])
    let seed = Tensor([1, 1, 1, 1])
    let parameter = Variable(a)
    func show(_ name: String, _ body: () -> Void) {
        let time = nanoseconds(calls: 10_000, body) * 1e-3
        print(name.padding(toLength: 28, withPad: " ", startingAt: 0) + String(format: "%.3f us", time))
    }
    show("add") { _ = a + b }
    show("multiply") { _ = a * b }
    show("sigmoid") { _ = sigmoid(a) }
    show("sum") { _ = a.sum() }
    show("add, with backward") {
        (parameter.value + b).backward(seed)
        parameter.gradient = nil
    }
    show("multiply, with backward") {
        (parameter.value * b).backward(seed)
        parameter.gradient = nil
    }
    show("sigmoid, with backward") {
        sigmoid(parameter.value).backward(seed)
        parameter.gradient = nil
    }
}

run()
