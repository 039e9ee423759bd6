using System.Diagnostics;
using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.Inference;
using EdgeVision.Onnx;

namespace EdgeVision.Module.Commands;

/// <summary>
/// Model alone and whole frame by turns, so that whatever else the machine does meets both alike. Frames come from a small ring of pictures,
/// as a driver's buffers do: their bytes are not in the nearest cache, and nothing is copied.
/// </summary>
internal sealed class BenchRun(BenchRequest request, OnnxDetector detector)
{
    public const int Blocks = 5;

    private const int WarmUp = 20;

    private const int MostCaptured = 500;

    private readonly DetectionList _found = new();
    private readonly JpegDecoder _decoder = new(new FramePool());
    private BenchPictures _pictures = BenchPictures.Black(request);
    private long _sequence;

    /// <summary>Since the process began, until a frame of zeros has been through the detector.</summary>
    public async Task<TimeSpan> FirstDetectionAsync(CancellationToken stopping)
    {
        await DetectAsync(stopping);
        using var process = Process.GetCurrentProcess();
        return TimeProvider.System.GetUtcNow() - process.StartTime.ToUniversalTime();
    }

    /// <summary>From now on a street with people: what is found has to be sorted and suppressed.</summary>
    public void TakePictures() => _pictures = BenchPictures.OfTheDemo(request);

    public async Task<BenchFigures> MeasureAsync(Action step, CancellationToken stopping)
    {
        for (var i = 0; i < WarmUp; i++) await MeasureOneAsync(stopping);
        var blocks = new List<Block>(Blocks);
        var perBlock = request.Frames / Blocks;
        for (var i = 0; i < Blocks; i++) blocks.Add(await MeasureBlockAsync(i == 0 ? request.Frames - ((Blocks - 1) * perBlock) : perBlock, step, stopping));
        var allocated = await AllocatedPerFrameAsync(Math.Min(request.Frames, MostCaptured), stopping);
        var median = blocks.OrderBy(static b => b.Ratio).ElementAt(Blocks / 2);
        return new BenchFigures
        {
            SessionRun = median.Run,
            Frame = median.Frame,
            Preprocess = median.Preprocess,
            Postprocess = median.Postprocess,
            Ratios = [.. blocks.Select(static b => b.Ratio)],
            OverheadRatio = median.Ratio,
            AllocatedBytesPerFrame = allocated,
            PeakRssMiB = PeakRss(),
        };
    }

    private async Task<Block> MeasureBlockAsync(int frames, Action step, CancellationToken stopping)
    {
        var samples = new Sample[frames];
        for (var i = 0; i < frames; i++) samples[i] = await MeasureOneAsync(stopping);
        // Behind the clock: showing progress takes time, too.
        for (var i = 0; i < frames; i++) step();
        return Block.Of(samples);
    }

    /// <summary>
    /// In the whole process, while frames go from a capture thread through the mailbox to the detector. The median of the blocks: what the
    /// runtime does once (a thread, a recompiled method) is not a frame's.
    /// </summary>
    private async Task<double> AllocatedPerFrameAsync(int frames, CancellationToken stopping)
    {
        var perBlock = frames / Blocks;
        var marks = new List<long>(Blocks + 1);
        using var capture = new BenchCapture(_pictures, WarmUp + (Blocks * perBlock));
        await using var mailbox = FrameMailbox.Open(capture, capacity: 1, new CameraTelemetry("bench"), stopping);
        var seen = 0;
        await foreach (var frame in mailbox.ReadAllAsync())
        {
            using (frame) await LookAsync(frame, stopping);
            if (++seen >= WarmUp && (seen - WarmUp) % perBlock == 0) marks.Add(GC.GetTotalAllocatedBytes(precise: true));
            capture.GoOn();
        }

        stopping.ThrowIfCancellationRequested();
        var blocks = marks.Skip(1).Zip(marks, (end, start) => (double)(end - start) / perBlock).Order().ToArray();
        return blocks[blocks.Length / 2];
    }

    private async ValueTask<Sample> MeasureOneAsync(CancellationToken stopping)
    {
        stopping.ThrowIfCancellationRequested();
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        detector.RunOnly();
        var ran = time.GetTimestamp();
        await DetectAsync(stopping);
        return new Sample(time.GetElapsedTime(started, ran), time.GetElapsedTime(ran), _found.Timings.Preprocess, _found.Timings.Postprocess);
    }

    private async ValueTask DetectAsync(CancellationToken stopping)
    {
        using var frame = _pictures.Next(++_sequence);
        await LookAsync(frame, stopping);
    }

    private async ValueTask LookAsync(Frame frame, CancellationToken stopping)
    {
        _found.Clear();
        if (frame.Format.Pixels == PixelFormat.Jpeg && !_decoder.TryDecode(frame, detector.LeastScale(frame.Width, frame.Height), out var reason))
            throw new CommandException($"A JPEG of the benchmark cannot be decoded: {reason}; please report it.");
        await DetectAsync(frame, stopping);
    }

    private async ValueTask DetectAsync(Frame frame, CancellationToken stopping)
    {
        var status = await detector.DetectAsync(frame, _found, stopping);
        if (status is not DetectionStatus.Ok) throw new CommandException($"The detector answered {status} to a frame of {frame.Format}; try another --pixel-format or model.");
    }

    private static double? PeakRss()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 > 0 ? process.PeakWorkingSet64 / 1048576.0 : null;
    }

    private readonly record struct Sample(TimeSpan Run, TimeSpan Frame, TimeSpan Preprocess, TimeSpan Postprocess);

    private sealed record Block(BenchFigures.Spread Run, BenchFigures.Spread Frame, TimeSpan Preprocess, TimeSpan Postprocess)
    {
        public double Ratio => Frame.P50 / Run.P50;

        public static Block Of(Sample[] samples) => new(
            new BenchFigures.Spread(Quantile(samples, static s => s.Run, 0.5), Quantile(samples, static s => s.Run, 0.99)),
            new BenchFigures.Spread(Quantile(samples, static s => s.Frame, 0.5), Quantile(samples, static s => s.Frame, 0.99)),
            Quantile(samples, static s => s.Preprocess, 0.5),
            Quantile(samples, static s => s.Postprocess, 0.5));

        private static TimeSpan Quantile(Sample[] samples, Func<Sample, TimeSpan> of, double quantile)
        {
            var sorted = samples.Select(of).Order().ToArray();
            return sorted[Math.Min(sorted.Length - 1, (int)(quantile * sorted.Length))];
        }
    }
}
