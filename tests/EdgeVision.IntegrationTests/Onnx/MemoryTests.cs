using System.Globalization;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>
/// What a model took, its end gives back: a node changes models for years. <c>EDGEVISION_SOAK=1</c> for 1,000 cycles, a quarter of an hour; a short
/// version otherwise. In a process of its own, whose memory nobody else uses.
/// </summary>
public sealed class MemoryTests
{
    private const string Cycles = "EDGEVISION_SOAK_CYCLES";

    private static bool IsLong => Environment.GetEnvironmentVariable("EDGEVISION_SOAK") == "1";

    [Fact]
    public async Task Opening_and_closing_a_model_again_and_again_keeps_no_memory()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("The memory of a process is read from /proc.");
        var said = await OwnProcess.RunAsync(typeof(MemoryTests), nameof(Opens_and_closes),
            static start => start.Environment[Cycles] = IsLong ? "1000" : "40", IsLong ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(5));
        foreach (var line in said.Split('\n').Where(static l => l.Contains(" MiB", StringComparison.Ordinal))) TestContext.Current.TestOutputHelper!.WriteLine(line.Trim());
    }

    /// <summary>Run by the other test.</summary>
    [Fact(Explicit = true)]
    public async Task Opens_and_closes()
    {
        var cycles = int.Parse(Environment.GetEnvironmentVariable(Cycles) ?? "40", CultureInfo.InvariantCulture);
        var package = ModelPackage.Load(Repository.BundledModel);
        var (early, late) = (0.0, 0.0);
        for (var cycle = 1; cycle <= cycles; cycle++)
        {
            using (var model = OnnxModel.Open(package, new OnnxOptions(0), NullLogger.Instance))
            using (var detector = model.CreateDetector(TimeProvider.System))
            {
                Assert.Equal(DetectionStatus.Ok, (await Seen.ByAsync(detector, 640, 480)).Status);
            }

            if (cycle % (cycles / 5) != 0) continue;
            late = ResidentMiB();
            if (cycle == cycles / 5) early = late;
            TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"cycle {cycle}: {late:0.0} MiB"));
        }

        Assert.InRange(late, 1, early * 1.1);
    }

    private static double ResidentMiB()
    {
        // Garbage of the test and of frames is not what is asked about.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var line = File.ReadLines("/proc/self/status").Single(static l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
