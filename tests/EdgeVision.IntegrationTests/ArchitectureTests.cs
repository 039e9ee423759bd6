using System.Reflection;
using System.Text.RegularExpressions;

namespace EdgeVision.IntegrationTests;

public sealed class ArchitectureTests
{
    public static TheoryData<string, string[]> Rooms => new()
    {
        { "EdgeVision", [] },
        { "EdgeVision.Imaging", ["EdgeVision"] },
        { "EdgeVision.Capture", ["EdgeVision", "EdgeVision.Imaging"] },
        { "EdgeVision.Onnx", ["EdgeVision"] },
        { "EdgeVision.Azure", ["EdgeVision"] },
        { "EdgeVision.Mqtt", ["EdgeVision"] },
        { "EdgeVision.OpenCv", ["EdgeVision"] },
        { "EdgeVision.Cloud", ["EdgeVision", "EdgeVision.Imaging", "EdgeVision.Onnx"] },
    };

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Adapters_reference_only_the_core(string room, string[] allowed)
    {
        var references = Assembly.Load(room).GetReferencedAssemblies().Select(a => a.Name!).Where(n => n.StartsWith("EdgeVision", StringComparison.Ordinal));

        Assert.Empty(references.Except(allowed));
    }

    /// <summary>A build that was not asked to has no line of it, so that nothing is loaded, trimmed or shipped.</summary>
    [Fact]
    public void OpenCV_is_no_part_of_the_default_build()
    {
        string[] product = ["EdgeVision.Module", .. Rooms.Select(row => row.Data.Item1).Where(room => room != "EdgeVision.OpenCv")];
        var references = product.SelectMany(room => Assembly.Load(room).GetReferencedAssemblies()).Select(a => a.Name!);

        Assert.DoesNotContain(references, name => name.Contains("OpenCv", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Only_the_extension_points_are_interfaces()
    {
        var interfaces = Rooms.Select(row => Assembly.Load(row.Data.Item1)).Append(Assembly.Load("EdgeVision.Module"))
            .SelectMany(a => a.GetTypes())
            .Where(t => t.IsInterface && t.Namespace?.StartsWith("EdgeVision", StringComparison.Ordinal) == true)
            .Select(t => t.Name)
            .Order(StringComparer.Ordinal);

        // The fourth door, OutputDecoder, is an abstract class: it has a shared part.
        Assert.Equal(["IDetector", "IEventSink", "IFrameSource", "IInputLine", "IOutputLine", "ITokenSigner", "ITriggerSource", "IV4l2Driver"], interfaces);
    }

    /// <summary>Doors around the privacy mask: who opens another one has to think of it, and to say so here.</summary>
    [Theory]
    [InlineData(@"\.Compressed\b", "JpegDecoder.cs")]
    [InlineData(@"\.WritablePixels\b", "PrivacyMask.cs")]
    [InlineData(@"\bScaledJpeg\.Of\(", "PictureDoor.cs")]
    [InlineData(@"\bPictureWriter\.(Encode|Save)\(", "Annotator.cs", "BenchPictures.cs", "CameraSnapshotCommand.cs", "ContactSheet.cs", "EvalPlots.cs", "MistakePicture.cs", "NodeChecks.cs", "PrecisionRecallPlot.cs")]
    [InlineData(@"\bSKJpegEncoderOptions\b", "PictureWriter.cs", "ScaledJpeg.cs")]
    [InlineData(@"\bFrameSources\.Open\(", "BenchPictures.cs", "Cameras.cs", "GpioLatencyCommand.cs")]
    public void Unmasked_pixels_are_within_reach_of_few_files(string door, params string[] files)
    {
        var users =
            from path in Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            where !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
            where File.ReadLines(path).Any(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && Regex.IsMatch(line, door))
            select Path.GetFileName(path);

        Assert.Equal(files, users.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_namespace_is_its_folder()
    {
        var misplaced =
            from file in Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            let relative = Path.GetRelativePath(Repository.PathOf("src"), file)
            where !relative.Contains("/obj/", StringComparison.Ordinal) && !relative.Contains("/bin/", StringComparison.Ordinal)
            let line = File.ReadLines(file).FirstOrDefault(l => l.StartsWith("namespace ", StringComparison.Ordinal))
            where line is not null
            let expected = Path.GetDirectoryName(relative)!.Replace('/', '.')
            where line != $"namespace {expected};"
            select $"{relative}: {line}";

        Assert.Empty(misplaced);
    }
}
