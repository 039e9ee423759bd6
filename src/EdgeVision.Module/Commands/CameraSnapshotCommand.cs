using System.CommandLine;
using System.Globalization;
using EdgeVision.Capture;
using EdgeVision.Capture.V4l2.Controls;
using EdgeVision.Frames;
using EdgeVision.Imaging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.Module.Commands;

/// <summary><c>camera snapshot</c>: one frame of any camera as a picture, turned and masked as the node would see it.</summary>
internal static class CameraSnapshotCommand
{
    /// <summary>A webcam needs about half a second of frames to find its exposure.</summary>
    private const int FramesToSettle = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static Command Create()
    {
        var uri = new Argument<string?>("CAMERA") { Description = "A device (/dev/video0) or any camera URI; instead of it --camera names one of the configuration", Arity = ArgumentArity.ZeroOrOne };
        var config = new Option<string?>("--config", "-c") { Description = "Configuration file, for --camera", HelpName = "FILE" };
        var camera = new Option<string?>("--camera") { Description = "Name of a camera in the configuration: with its masks, rotation and controls", HelpName = "NAME" };
        var output = new Option<string>("--output", "-o") { Description = "The picture, .jpg or .png", HelpName = "FILE", DefaultValueFactory = _ => "snapshot.jpg" };
        var skip = NumberOption.Create("--skip", "N", 0, 10_000, $"Frames to leave out first; {FramesToSettle} of a camera that must find its exposure, none of clips and pictures");
        var snapshot = new Command("snapshot", "Saves one frame of a camera as a JPEG or PNG, turned and masked as the node sees it.") { uri, config, camera, output, skip };
        snapshot.Validators.Add(result =>
        {
            var (given, name) = (result.GetValue(uri), result.GetValue(camera));
            if (given is not null && name is not null) result.AddError($"Both '{given}' and --camera {name} name a camera; give one of them.");
            if (given is null && name is null) result.AddError("No camera is named; give a device or URI (edgevision camera list shows which there are), or --config FILE --camera NAME.");
        });
        snapshot.SetAction(async (parsed, stopping) =>
        {
            var path = parsed.GetValue(output)!;
            PictureWriter.FormatOf(path);
            var (options, baseDirectory) = Choose(parsed.GetValue(uri), parsed.GetValue(config), parsed.GetValue(camera));
            var work = Task.Run(() => Take(options, baseDirectory, path, parsed.GetValue(skip), TimeProvider.System, stopping), stopping);
            // A second for each frame that is left out: whoever has a slower camera leaves out fewer.
            var patience = Patience + TimeSpan.FromSeconds(parsed.GetValue(skip) ?? 0);
            try
            {
                Console.WriteLine(await work.WaitAsync(patience, TimeProvider.System, stopping));
            }
            catch (TimeoutException e)
            {
                throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"The camera gave no picture within {patience.TotalSeconds} s; check its cable, or whether it waits for a trigger."), e);
            }

            return ExitCode.Done;
        });
        return snapshot;
    }

    private static (CameraOptions Camera, string BaseDirectory) Choose(string? uri, string? config, string? name)
    {
        if (uri is not null && !CameraUri.TryParse(uri = CameraCommand.ToUri(uri), Environment.CurrentDirectory, out _, out var error)) throw new CommandException(error);
        var request = new NodeRequest { Config = config, Cameras = uri is null ? [] : [$"snapshot={uri}"] };
        var options = Settings.Load(request, Settings.ProcessEnvironment(), camerasRequired: false).Options;
        if (options.Cameras.TryGetValue(name ?? "snapshot", out var camera)) return (camera, options.BaseDirectory);
        throw new CommandException(options.Cameras.Count == 0
            ? $"There is no camera '{name}': the configuration has none; name its file with --config."
            : $"There is no camera '{name}'; the configuration has {string.Join(", ", options.Cameras.Keys)}.");
    }

    private static string Take(CameraOptions camera, string baseDirectory, string path, int? skip, TimeProvider time, CancellationToken stopping)
    {
        var pool = new FramePool();
        using var source = Module.Cameras.Open(camera, baseDirectory, pool, time, controls: new WantedControls("snapshot", camera.Controls, NullLogger.Instance));
        var settles = CameraUri.TryParse(camera.Uri, baseDirectory, out var uri, out _) && uri.Scheme is CameraScheme.V4l2;
        using var frame = Next(source, skip ?? (settles ? FramesToSettle : 0), stopping);
        if (frame.Origin?.Fault is { } fault) throw new PictureException($"{source}: {fault}; mend or remove that picture.");
        PictureWriter.Save(frame, path);
        return $"{path}: {frame.UprightWidth} × {frame.UprightHeight}, {frame.Format.Pixels} from {source}.";
    }

    private static Frame Next(IFrameSource source, int skip, CancellationToken stopping)
    {
        for (; source.TryRead(out var frame, stopping); skip--)
        {
            if (skip <= 0) return frame;
            frame.Dispose();
        }

        throw new CommandException($"{source} has ended before the frame that was asked for; lower --skip.");
    }
}
