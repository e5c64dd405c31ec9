/// The times of steps and epochs, from which the time left follows.
struct EpochTimes {
    private let now: () -> Double
    private var watch: Stopwatch
    private var epochStart, lastStep: Double
    /// Those of the epoch before, for the first steps of the next one.
    private var before = (secondsPerStep: 0.0, examplesPerSecond: 0.0)
    private var between = (seconds: 0.0, count: 0)

    init(now: @escaping () -> Double) {
        self.now = now
        watch = Stopwatch(now: now)
        epochStart = now()
        lastStep = epochStart
    }

    mutating func lap(examples: Int) {
        watch.lap(examples: examples)
        lastStep = now()
    }

    mutating func endEpoch() {
        before = (secondsPerStep, examplesPerSecond)
        epochStart = now()
        between = (between.seconds + max(0, epochStart - lastStep), between.count + 1)
        watch = Stopwatch(now: now)
    }

    /// The time since the epoch began.
    var secondsOfEpoch: Double { max(0, now() - epochStart) }

    /// Without the first step of an epoch, which pays for what happens once.
    var secondsPerStep: Double {
        watch.laps > 1 || before.secondsPerStep == 0 ? max(0, watch.secondsPerStep) : before.secondsPerStep
    }

    var examplesPerSecond: Double {
        watch.laps > 1 || before.examplesPerSecond == 0 ? max(0, watch.examplesPerSecond) : before.examplesPerSecond
    }

    /// From the last step of an epoch to its end, which is the time of its validation.
    var secondsBetweenEpochs: Double { between.count == 0 ? 0 : between.seconds / Double(between.count) }
}
