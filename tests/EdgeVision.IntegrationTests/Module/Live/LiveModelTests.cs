using System.Globalization;
using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.Inference;
using EdgeVision.IntegrationTests.Onnx;
using EdgeVision.Module;
using EdgeVision.Module.Commands;
using EdgeVision.Module.Live;
using EdgeVision.Module.Rollout;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Module.Live;

/// <summary>Models that change under cameras which look all the while.</summary>
public sealed class LiveModelTests : IDisposable
{
    private const string Swaps = "EDGEVISION_SWAPS";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_frame_is_answered_by_one_model_or_the_other_while_they_change()
    {
        using var live = Live();
        using var stop = new CancellationTokenSource();
        var cameras = Enumerable.Range(0, 2).Select(_ => Task.Run(() => LookAsync(live, stop.Token))).ToList();
        for (var i = 0; i < 6; i++)
        {
            var (before, name) = (live.Current.Package.Identity.Name, i % 2 == 0 ? "nanodet-g-416-int8" : "nanodet-g-416");
            Assert.NotEqual(name, before);
            live.Exchange(Open(name));
            await UntilAsync(() => live.Tally.Frames >= 4, cameras);
            Assert.True(live.Former!.Frames >= (i == 0 ? 0 : 4));
            Assert.Equal(0, live.Tally.Failed);
        }

        await stop.CancelAsync();
        foreach (var (answered, models) in await Task.WhenAll(cameras))
        {
            Assert.InRange(answered, 12, int.MaxValue);
            Assert.Equal(["nanodet-g-416", "nanodet-g-416-int8"], models.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task A_camera_that_does_not_look_takes_the_next_model_too_and_the_last_answer_keeps_its_name()
    {
        using var live = Live();
        using var detector = live.CreateDetector();
        using var frame = Photo();
        var found = new DetectionList();
        Assert.Equal(DetectionStatus.Ok, await detector.DetectAsync(frame, found, TestContext.Current.CancellationToken));

        live.Exchange(Open("nanodet-g-416-int8"));

        Assert.Equal("nanodet-g-416", detector.Model.Name);
        found.Clear();
        Assert.Equal(DetectionStatus.Ok, await detector.DetectAsync(frame, found, TestContext.Current.CancellationToken));
        Assert.Equal("nanodet-g-416-int8", detector.Model.Name);
        Assert.Equal((1, "nanodet-g-416-int8"), (live.Tally.Frames, live.Current.Package.Identity.Name));
    }

    [Fact]
    public async Task A_shadow_sees_what_the_cameras_see_and_hears_no_frame_after_its_end()
    {
        using var live = Live();
        using var candidate = Open("nanodet-g-416-int8");
        using var detector = live.CreateDetector();
        using var frame = Photo();
        var shadow = new Shadow(candidate, TimeProvider.System);
        live.Shadow = shadow;
        var found = new DetectionList();
        var began = TimeProvider.System.GetTimestamp();
        while (shadow.Seen.Frames < 3)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60));
            found.Clear();
            Assert.Equal(DetectionStatus.Ok, await detector.DetectAsync(frame, found, TestContext.Current.CancellationToken));
        }

        live.Shadow = null;
        await shadow.DisposeAsync();
        shadow.Offer(frame, found.Span, detector.Model.Labels, TimeSpan.Zero);
        var frames = shadow.Seen.Frames;
        Assert.InRange(shadow.Seen.Agreement, 0.5, 1);
        Assert.Equal(0, shadow.Seen.Failed);
        Assert.True(live.Tally.Frames > frames);
    }

    /// <summary><c>EDGEVISION_SOAK=1</c> for 1,000 swaps.</summary>
    [Fact]
    public async Task Models_that_change_again_and_again_keep_no_memory()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("The memory of a process is read from /proc.");
        var isLong = Environment.GetEnvironmentVariable("EDGEVISION_SOAK") == "1";
        var said = await OwnProcess.RunAsync(typeof(LiveModelTests), nameof(Swaps_again_and_again),
            start => start.Environment[Swaps] = isLong ? "1000" : "20", isLong ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(5));
        foreach (var line in said.Split('\n').Where(static l => l.Contains(" MiB", StringComparison.Ordinal))) TestContext.Current.TestOutputHelper!.WriteLine(line.Trim());
    }

    /// <summary>Run by the other test.</summary>
    [Fact(Explicit = true)]
    public async Task Swaps_again_and_again()
    {
        var swaps = int.Parse(Environment.GetEnvironmentVariable(Swaps) ?? "20", CultureInfo.InvariantCulture);
        using var live = Live();
        using var stop = new CancellationTokenSource();
        var camera = Task.Run(() => LookAsync(live, stop.Token));
        var (early, late) = (0.0, 0.0);
        for (var swap = 1; swap <= swaps; swap++)
        {
            live.Exchange(Open(swap % 2 == 0 ? "nanodet-g-416" : "nanodet-g-416-int8"));
            await UntilAsync(() => live.Tally.Frames >= 1, [camera]);
            if (swap % (swaps / 5) != 0) continue;
            // Always with the same of the two in force.
            if (swap % 2 != 0) live.Exchange(Open("nanodet-g-416"));
            late = ResidentMiB();
            if (swap == swaps / 5) early = late;
            TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"swap {swap}: {late:0.0} MiB"));
        }

        await stop.CancelAsync();
        await camera;
        // A short run has not settled yet.
        Assert.InRange(late, 1, early * (swaps >= 1000 ? 1.1 : 1.3));
    }

    private LiveModel Live()
    {
        _folder.Write("node.json", """{ "EdgeVision": { "Cameras": { "door": { "Uri": "test:pattern" } } } }"""u8);
        var settings = Settings.Load(new NodeRequest { Config = _folder.PathOf("node.json"), DataDirectory = _folder.Path }, []);
        return new LiveModel(new LiveSettings(settings, null, NullLogger.Instance), RolloutJournal.Open(_folder.Path, settings, NullLogger.Instance), null, TimeProvider.System, NullLogger.Instance);
    }

    private static OnnxModel Open(string name) => OnnxModel.Open(EdgeVision.Models.ModelPackage.Load(Repository.PathOf("models", name)), new OnnxOptions(0), NullLogger.Instance);

    private static Frame Photo() => PictureFile.Load(Repository.Asset("people/sample1.jpg"), new FramePool(), TimeProvider.System);

    /// <summary>Frame after frame, as a camera's loop does; each is answered, and by the model that the detector names.</summary>
    private static async Task<(int Answered, IReadOnlyList<string> Models)> LookAsync(LiveModel live, CancellationToken stop)
    {
        using var detector = live.CreateDetector();
        using var frame = Photo();
        var (answered, models, found) = (0, new HashSet<string>(), new DetectionList());
        while (!stop.IsCancellationRequested)
        {
            found.Clear();
            Assert.Equal(DetectionStatus.Ok, await detector.DetectAsync(frame, found, CancellationToken.None));
            Assert.NotEqual(0, found.Count);
            models.Add(detector.Model.Name);
            answered++;
        }

        return (answered, [.. models]);
    }

    private static async Task UntilAsync(Func<bool> isSo, IReadOnlyList<Task> cameras)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60));
            if (cameras.FirstOrDefault(static c => c.IsFaulted) is { } failed) await failed;
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private static double ResidentMiB()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var line = File.ReadLines("/proc/self/status").Single(static l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
