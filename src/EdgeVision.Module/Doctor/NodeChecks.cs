using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EdgeVision.Capture;
using EdgeVision.Events;
using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Mqtt;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.Module.Doctor;

/// <summary>The checks of <c>doctor</c>, each by doing the thing itself once.</summary>
internal static class NodeChecks
{
    /// <summary>An outbox that cannot grow for a day is worth a word.</summary>
    private const long LowDiskBytes = 500L << 20;

    private static readonly TimeSpan CameraPatience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan SlowSync = TimeSpan.FromMilliseconds(100);

    /// <summary>Loads the model as the node would, asks it for the labels that cameras count, and runs it once.</summary>
    public static async Task<Finding> ModelAsync(Settings settings, TimeProvider time, CancellationToken stopping)
    {
        try
        {
            using var model = OnnxModel.Open(settings.Model.Load(), settings.Options.Inference, NullLogger.Instance);
            settings.CheckClasses(model.Package.Identity);
            using var detector = model.CreateDetector(time);
            var (pool, detections) = (new FramePool(), new DetectionList());
            var format = FrameFormat.Packed(PixelFormat.Bgr24, 640, 480);
            using var frame = new Frame(pool.Rent(format.SizeInBytes), format, format.SizeInBytes, 0, time.GetUtcNow(), time.GetTimestamp());
            var status = await detector.DetectAsync(frame, detections, stopping);
            return status is DetectionStatus.Ok
                ? Finding.Ok("model", string.Create(CultureInfo.InvariantCulture, $"{model.Package.Identity.Name} {model.Package.Identity.Version}: {model.Package.Identity.Labels.Count} labels, sha256 matches, one frame in {detections.Timings.Infer.TotalMilliseconds:0.0} ms."))
                : Finding.Fail("model", $"{model.Package.Identity.Name} loads, but a test frame gave {status}.", "Try the bundled model; if that works, the model file is at fault.");
        }
        catch (CommandException e)
        {
            return Finding.Fail("model", e.Message, "Write the labels as the model names them.");
        }
        catch (ModelException e)
        {
            return Finding.Fail("model", e.Message, "Name another model with EdgeVision:Model, or put the files right.");
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException)
        {
            return Finding.Fail("model", $"The native ONNX Runtime does not load: {e.GetBaseException().Message}", "Use the build for this machine's architecture; glibc 2.28 or newer is needed.");
        }
    }

    /// <summary>Encodes and decodes a picture: the codec's native library is there and works.</summary>
    public static Finding PictureCodec(TimeProvider time)
    {
        try
        {
            var pool = new FramePool();
            var format = FrameFormat.Packed(PixelFormat.Bgra32, 32, 32);
            using var frame = new Frame(pool.Rent(format.SizeInBytes), format, format.SizeInBytes, 0, time.GetUtcNow(), time.GetTimestamp());
            var jpeg = PictureWriter.Encode(frame, PictureFormat.Jpeg);
            return Finding.Ok("picture codec", $"SkiaSharp encodes and decodes ({jpeg.Length} bytes for a test picture); JPEG frames of cameras are decoded by {JpegDecoder.Codec}.");
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException)
        {
            return Finding.Fail("picture codec", $"libSkiaSharp does not load: {e.GetBaseException().Message}", "Use the build for this machine's architecture (linux-x64 or linux-arm64).");
        }
    }

    /// <summary>The data folder can be written, has room, and a durable write is quick.</summary>
    public static Finding Disk(string dataDirectory)
    {
        var probe = Path.Combine(dataDirectory, $".doctor-{Environment.ProcessId}");
        var isNew = !Directory.Exists(dataDirectory);
        try
        {
            Directory.CreateDirectory(dataDirectory);
            var started = Stopwatch.GetTimestamp();
            using (var file = new FileStream(probe, FileMode.Create, FileAccess.Write))
            {
                file.Write(new byte[4096]);
                file.Flush(flushToDisk: true);
            }

            var took = Stopwatch.GetElapsedTime(started);
            File.Delete(probe);
            var free = new DriveInfo(dataDirectory).AvailableFreeSpace;
            if (isNew) Directory.Delete(dataDirectory);
            var detail = string.Create(CultureInfo.InvariantCulture, $"'{dataDirectory}' is writable, {free / 1e9:0.0} GB free, a durable write takes {took.TotalMilliseconds:0.0} ms.");
            if (free < LowDiskBytes) return Finding.Warn("disk", detail, "Free some space, or move the data folder with EdgeVision:DataDirectory.");
            return took > SlowSync ? Finding.Warn("disk", detail, "Events wait for the disk: a worn SD card or a network disk is too slow for the outbox.") : Finding.Ok("disk", detail);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Fail("disk", $"Cannot write to '{dataDirectory}': {e.Message}", "Make the folder writable for this user, or name another with EdgeVision:DataDirectory or --data.");
        }
    }

    /// <summary>What the kernel says of the clock: times in events are only as good.</summary>
    public static Finding Clock(TimeProvider time)
    {
        var now = time.GetUtcNow();
        var shown = now.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        if (now.Year < 2026) return Finding.Fail("clock", $"It is {shown}, before this version was built.", "Set the clock, or start a time daemon (chrony, systemd-timesyncd).");
        return KernelClock.IsSynchronised()
            ? Finding.Ok("clock", $"It is {shown}; the kernel says that it is synchronised.")
            : Finding.Warn("clock", $"It is {shown}; the kernel does not know its clock to be synchronised. Events say so (clock: unsynchronised).", "Start a time daemon (chrony, systemd-timesyncd); in a container the host's daemon counts.");
    }

    /// <summary>The broker answers as the node would use it; the embedded one has its port.</summary>
    public static async Task<Finding> BrokerAsync(EdgeVisionOptions options, TimeProvider time, CancellationToken stopping)
    {
        if (options.Mqtt.Host is null) return EmbeddedPort(options.Mqtt.EmbeddedPort);
        // A client id of its own: the node's would throw a running node off the broker.
        var knock = options.Mqtt with { ClientId = $"edgevision-doctor-{Environment.ProcessId}" };
        return await BrokerProbe.TryAsync(knock, new NodeIdentity(options.Node, "edgevision", "doctor", static () => true), time, stopping) is { } failure
            ? Finding.Fail("broker", failure, "See EdgeVision:Mqtt in docs/configuration.md; until it is reached, events wait in the outbox.")
            : Finding.Ok("broker", $"{options.Mqtt.Broker} accepts us.");
    }

    /// <summary>Cameras of the configuration open and give a frame, in good time: one that hangs in the kernel must not hang its doctor.</summary>
    public static async Task<IReadOnlyList<Finding>> CamerasAsync(EdgeVisionOptions options, Func<string, (string? Password, string? Error)>? decrypt, TimeProvider time, CancellationToken stopping)
    {
        var findings = new List<Finding>();
        foreach (var (name, camera) in options.Cameras)
        {
            try
            {
                var examination = Task.Run(() => Camera(name, camera with { Login = camera.Login with { Decrypt = decrypt } }, options.BaseDirectory, time, stopping), stopping);
                findings.Add(await examination.WaitAsync(CameraPatience, time, stopping));
            }
            catch (TimeoutException)
            {
                findings.Add(Finding.Fail($"camera {name}", string.Create(CultureInfo.InvariantCulture, $"No frame within {CameraPatience.TotalSeconds} s: opening or reading it hangs."), "Check the device, disk or network share it lies on."));
            }
        }

        return findings;
    }

    private static Finding Camera(string name, CameraOptions camera, string baseDirectory, TimeProvider time, CancellationToken stopping)
    {
        var check = $"camera {name}";
        try
        {
            var pool = new FramePool();
            using var source = Module.Cameras.Open(camera, baseDirectory, pool, time);
            if (!source.TryRead(out var frame, stopping)) return Finding.Fail(check, $"{source} has no frames.", "Name a clip or folder that holds pictures.");
            using (frame)
            {
                return Unreadable(frame, new JpegDecoder(pool)) is { } fault
                    ? Finding.Fail(check, $"{source}: {fault}.", "Mend or remove that picture; a node would skip it.")
                    : Finding.Ok(check, $"{source}: {frame.Width} × {frame.Height}.");
            }
        }
        catch (CaptureException e)
        {
            return Finding.Fail(check, e.Message, "The node runs without it and tries again; see the sentence.");
        }
    }

    /// <summary>A clause, or null when there are pixels.</summary>
    private static string? Unreadable(Frame frame, JpegDecoder decoder)
    {
        if (frame.Origin?.Fault is { } fault) return fault;
        if (frame.Format.Pixels is not PixelFormat.Jpeg) return null;
        if (decoder.TryDecode(frame, leastScale: 1, out var reason)) return null;
        return frame.Origin is { } origin ? $"'{origin.Path}': {reason}" : reason;
    }

    private static Finding EmbeddedPort(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return Finding.Ok("broker", $"The embedded broker's port {port} on loopback is free.");
        }
        catch (SocketException)
        {
            return Finding.Warn("broker", $"Port {port} on loopback is taken, perhaps by mosquitto or a running edgevision.", "The embedded broker will take a free port and say which; or name the broker there with EdgeVision:Mqtt:Host.");
        }
    }
}
