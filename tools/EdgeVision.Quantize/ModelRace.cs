using System.Globalization;
using EdgeVision.Models;
using Microsoft.ML.OnnxRuntime;

namespace EdgeVision.Quantize;

/// <summary>
/// Times two models against each other in interleaved blocks of one process, so that a noisy neighbour disturbs both. Sessions as the product
/// opens them: no spinning, all optimisations.
/// </summary>
internal static class ModelRace
{
    private const int RunsPerBlock = 20;

    public static void Run(ModelPackage first, ModelPackage second, int threads, int blocks, TextWriter output)
    {
        using var a = new Racer(first, threads);
        using var b = new Racer(second, threads);
        var ratios = new double[blocks];
        var (times, otherTimes) = (new double[blocks], new double[blocks]);
        for (var i = 0; i < blocks; i++)
        {
            (times[i], otherTimes[i]) = (a.MedianMs(RunsPerBlock), b.MedianMs(RunsPerBlock));
            ratios[i] = times[i] / otherTimes[i];
        }

        Array.Sort(ratios);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{threads} thread(s), {blocks} blocks of {RunsPerBlock}: {first.Manifest.Name} {Median(times):0.00} ms, {second.Manifest.Name} {Median(otherTimes):0.00} ms, ratio {Median(ratios):0.000} ({ratios[0]:0.000} to {ratios[^1]:0.000})"));
    }

    private static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private sealed class Racer : IDisposable
    {
        private readonly InferenceSession _session;
        private readonly RunOptions _runOptions = new();
        private readonly OrtIoBinding _binding;
        private readonly OrtValue _input;

        public Racer(ModelPackage package, int threads)
        {
            using var options = new SessionOptions
            {
                IntraOpNumThreads = threads,
                InterOpNumThreads = 1,
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            };
            options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            _session = new InferenceSession(package.WeightsPath, options);
            _binding = _session.CreateIoBinding();
            var (width, height) = (package.Manifest.Input.Width, package.Manifest.Input.Height);
            var noise = new Random(1);
            var pixels = new float[3 * width * height];
            foreach (ref var pixel in pixels.AsSpan()) pixel = (float)((noise.NextDouble() * 4.6) - 2);
            _input = OrtValue.CreateTensorValueFromMemory(pixels, [1, 3, height, width]);
            _binding.BindInput(_session.InputNames[0], _input);
            foreach (var name in _session.OutputNames) _binding.BindOutputToDevice(name, OrtMemoryInfo.DefaultInstance);
            for (var i = 0; i < RunsPerBlock; i++) _session.RunWithBinding(_runOptions, _binding);
        }

        public double MedianMs(int runs)
        {
            var times = new double[runs];
            for (var i = 0; i < runs; i++)
            {
                var started = TimeProvider.System.GetTimestamp();
                _session.RunWithBinding(_runOptions, _binding);
                times[i] = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
            }

            return Median(times);
        }

        public void Dispose()
        {
            _input.Dispose();
            _binding.Dispose();
            _runOptions.Dispose();
            _session.Dispose();
        }
    }
}
