using System.Runtime.Versioning;
using EdgeVision.Inference;
using EdgeVision.IntegrationTests.Module;
using EdgeVision.Models;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>The optimised model on the device: used when it is right, made again when it is not, missed by nobody.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class OptimisedModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgevision-cache-").FullName;
    private readonly ToyModel _toy = ToyModel.Answering([0.9f, -50, 50, -50, 50, 50, -50, 50, -50]);

    private string Cache => Path.Combine(_folder, "cache");

    public void Dispose()
    {
        _toy.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_second_start_uses_what_the_first_one_made_and_sees_the_same()
    {
        var package = ModelPackage.Load(Repository.BundledModel);
        var log = new CollectingLogger();
        var answers = new List<Detection[]>();
        for (var start = 0; start < 3; start++)
        {
            // The first start has no folder.
            using var model = OnnxModel.Open(package, new OnnxOptions(0) { Sessions = start }, log, start == 0 ? null : Cache);
            using var detector = model.CreateDetector(TimeProvider.System, new DetectorOptions { ConfidenceThreshold = 0.01f });
            Assert.Equal("float32 [1,3,416,416] float32 [1,3549,124]", $"{model.Input} {Assert.Single(model.Outputs)}");
            answers.Add((await Seen.ByAsync(detector, 640, 480, shade: 128)).Found);
        }

        Assert.Equal([EventIds.ModelLoaded, EventIds.ModelLoaded, EventIds.OptimisedModelStored, EventIds.ModelLoaded], log.Entries.Select(static e => e.Id));
        Assert.Equal(answers[0], answers[1]);
        Assert.Equal(answers[0], answers[2]);
        Assert.NotEmpty(answers[0]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Cache));
    }

    [Theory]
    [InlineData("cut off")]
    [InlineData("a bit changed")]
    [InlineData("empty")]
    [InlineData("of another key")]
    [InlineData("sealed, but no model")]
    public void What_is_not_right_is_made_again(string what)
    {
        Open();
        var path = Assert.Single(Directory.GetFiles(Cache));
        var good = File.ReadAllBytes(path);
        Spoil(path, what);
        Assert.Equal([EventIds.OptimisedModelReplaced, EventIds.ModelLoaded, EventIds.OptimisedModelStored], Open());
        Assert.Equal(good.Length, new FileInfo(Assert.Single(Directory.GetFiles(Cache))).Length);
        Assert.Equal([EventIds.ModelLoaded], Open());
    }

    [Fact]
    public void Whatever_happens_to_its_bytes_is_noticed()
    {
        var (path, key, good, random) = (Path.Combine(_folder, "model.onnx"), "a key", new byte[2003], new Random(1));
        random.NextBytes(good);
        File.WriteAllBytes(path, good);
        OptimisedModelFile.Seal(path, key);
        var whole = File.ReadAllBytes(path);
        Assert.Null(OptimisedModelFile.WhyNot(path, key));
        for (var i = 0; i < 500; i++)
        {
            var broken = (byte[])whole.Clone();
            broken[random.Next(broken.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, i % 2 == 0 ? broken : whole[..random.Next(whole.Length)]);
            Assert.NotNull(OptimisedModelFile.WhyNot(path, key));
        }
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_told_once_and_done_without()
    {
        File.WriteAllText(Cache, "in the way");
        Assert.Equal([EventIds.OptimisedModelUnusable, EventIds.ModelLoaded], Open());
    }

    [Fact]
    public async Task A_full_disk_is_told_once_and_done_without()
    {
        var mount = Directory.CreateDirectory(Path.Combine(_folder, "disk")).FullName;
        await using var disk = await SmallDisk.MountAsync(mount, 1);
        disk.Fill();
        Assert.Equal([EventIds.ModelLoaded, EventIds.OptimisedModelUnusable], Open(Path.Combine(mount, "cache")));
        disk.Free();
        Assert.Equal([EventIds.ModelLoaded, EventIds.OptimisedModelStored], Open(Path.Combine(mount, "cache")));
    }

    [Fact]
    public void A_folder_that_others_may_write_to_is_not_used()
    {
        Directory.CreateDirectory(Cache);
        File.SetUnixFileMode(Cache, (UnixFileMode)0b111_111_111);
        Assert.Equal([EventIds.OptimisedModelUnusable, EventIds.ModelLoaded], Open());
        Assert.Empty(Directory.GetFiles(Cache));
    }

    [Fact]
    public void Weights_that_are_no_model_are_no_fault_of_the_folder()
    {
        using var broken = new ToyModel(static _ => { }, [1, 2, 3, 4, 5]);
        var log = new CollectingLogger();
        Assert.Contains("are refused by ONNX Runtime", Assert.Throws<ModelException>(() => OnnxModel.Open(broken.Load(), new OnnxOptions(1), log, Cache)).Message, StringComparison.Ordinal);
        Assert.Empty(log.Entries);
        Assert.Empty(Directory.GetFiles(Cache));
    }

    [Fact]
    public void Old_ones_go()
    {
        Directory.CreateDirectory(Cache, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var time = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        foreach (var (name, age) in new[] { ("a-1.onnx", 1), ("b-1.onnx", 2), ("c-1.onnx", 3), ("d-1.onnx", 4), ("e-1.onnx.new", 0), (_toy.Load().Manifest.Sha256[..16] + "-of-another-processor.onnx", 0), ("notes.txt", 9) })
        {
            File.WriteAllText(Path.Combine(Cache, name), "");
            File.SetLastWriteTimeUtc(Path.Combine(Cache, name), time.AddDays(-age));
        }

        Open();
        var left = Directory.GetFiles(Cache).Select(Path.GetFileName).Where(static n => n!.Length < 12).Order();
        Assert.Equal(["a-1.onnx", "b-1.onnx", "c-1.onnx", "notes.txt"], left);
        Assert.Equal(5, Directory.GetFiles(Cache).Length);
    }

    [Fact]
    public void A_processors_features_are_those_of_the_first()
    {
        Assert.Equal("fpu avx2", CpuFeatures.Parse(["processor\t: 0", "flags\t\t: fpu avx2", "bugs\t: none", "", "processor\t: 1", "flags\t\t: fpu"]));
        Assert.Equal("fp asimd 0xd08", CpuFeatures.Parse(["Features\t: fp asimd", "CPU part\t: 0xd08", ""]));
        Assert.Equal("", CpuFeatures.Parse([]));
        Assert.NotEmpty(CpuFeatures.Text);
    }

    private void Spoil(string path, string what)
    {
        switch (what)
        {
            case "cut off": using (var file = File.OpenWrite(path)) file.SetLength(file.Length / 2); break;
            case "a bit changed": using (var file = File.OpenWrite(path)) { file.Position = 100; file.WriteByte(0xA5); } break;
            case "empty": File.WriteAllBytes(path, []); break;
            case "of another key":
                using (var other = new ToyModel(static _ => { })) OnnxModel.Open(other.Load(), new OnnxOptions(1), NullLogger.Instance, Cache).Dispose();
                var foreign = Directory.GetFiles(Cache).Single(p => p != path);
                File.Move(foreign, path, overwrite: true);
                break;
            default:
                var key = string.Join('\n', _toy.Load().Manifest.Sha256, Microsoft.ML.OnnxRuntime.OrtEnv.Instance().GetVersionString(), CpuFeatures.Text, "ORT_ENABLE_ALL cpu");
                File.WriteAllBytes(path, new byte[100]);
                OptimisedModelFile.Seal(path, key);
                break;
        }
    }

    private int[] Open(string? cache = null)
    {
        var log = new CollectingLogger();
        OnnxModel.Open(_toy.Load(), new OnnxOptions(1), log, cache ?? Cache).Dispose();
        return [.. log.Entries.Select(static e => e.Id)];
    }
}
