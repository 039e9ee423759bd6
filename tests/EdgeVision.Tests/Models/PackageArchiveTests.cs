using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using EdgeVision.Models;

namespace EdgeVision.Tests.Models;

public sealed class PackageArchiveTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, Func<byte[]>, string> Refusals => new()
    {
        { "leads up", static () => Zip(new ZipBytesEntry("../evil", [1])), "'../evil' leads out of the package" },
        { "leads up by backslash", static () => Zip(new ZipBytesEntry("..\\evil", [1])), "'..\\evil' leads out of the package" },
        { "is the parent", static () => Zip(new ZipBytesEntry("..", [1])), "'..' leads out of the package" },
        { "absolute", static () => Zip(new ZipBytesEntry("/etc/passwd", [1])), "'/etc/passwd' is an absolute path" },
        { "drive", static () => Zip(new ZipBytesEntry("C:evil", [1])), "'C:evil' is an absolute path" },
        { "in a folder", static () => Zip(new ZipBytesEntry("toy/labels.txt", [1])), "'toy/labels.txt' lies in a folder" },
        { "a folder", static () => Zip(new ZipBytesEntry("toy/", [])), "'toy/' lies in a folder" },
        { "no name", static () => Zip(new ZipBytesEntry("", [1])), "'' is no file name" },
        { "control character", static () => Zip(new ZipBytesEntry("a\nb", [1])), "'a?b' is no file name" },
        { "symbolic link", static () => Zip(new ZipBytesEntry("labels.txt", "/etc/passwd"u8.ToArray()) { Attributes = 0xA1FF_0000 }), "'labels.txt' is a symbolic link" },
        { "link that claims to be from DOS", static () => Zip(new ZipBytesEntry("labels.txt", [1]) { Attributes = 0xA1FF_0000, Host = 0 }), "'labels.txt' is a symbolic link" },
        { "device", static () => Zip(new ZipBytesEntry("labels.txt", [1]) { Attributes = 0x2000_0000 }), "'labels.txt' is no regular file" },
        { "encrypted", static () => Zip(new ZipBytesEntry("labels.txt", [1]) { Flags = 1 }), "'labels.txt' is encrypted" },
        { "method", static () => Zip(new ZipBytesEntry("labels.txt", [1]) { Method = 93 }), "'labels.txt' is packed by method 93, stored (0) or deflated (8) was expected" },
        { "twice", static () => Zip(new ZipBytesEntry("a", [1]), new ZipBytesEntry("A", [1])), "'A' is in it twice" },
        { "overlap", static () => Zip(new ZipBytesEntry("a", [1, 2, 3]), new ZipBytesEntry("b", [1]) { Offset = 30 + 10 + 2 }), "overlaps another file" },
        { "ratio", static () => Zip(new ZipBytesEntry("a", Deflated(new byte[2 << 20])) { Method = 8, Length = 2 << 20 }), "'a' claims to be packed more than 100 times smaller" },
        { "too much", static () => Zip(new ZipBytesEntry("a", Deflated(new byte[900_000])) { Method = 8, Length = 900_000 }, new ZipBytesEntry("b", Deflated(new byte[900_000])) { Method = 8, Length = 900_000 }), "where at most 1000000 are taken" },
        { "lies about its length", static () => Zip(new ZipBytesEntry("a", Deflated(new byte[50_000])) { Method = 8, Length = 10 }), "'a' is larger than the 10 bytes it claims" },
        { "short", static () => Zip(new ZipBytesEntry("a", Deflated(new byte[10])) { Method = 8, Length = 50 }), "'a' ends 40 bytes early" },
        { "two lengths", static () => Zip(new ZipBytesEntry("a", [1]) { Length = 2 }), "'a' is stored and has two lengths" },
        { "sum", static () => Zip(new ZipBytesEntry("a", [1]) { Crc = 5 }), "'a' has another check sum" },
        { "two names", static () => Zip(new ZipBytesEntry("a", [1]) { LocalName = "b" }), "'a' has another name or method at its place" },
        { "garbage for deflate", static () => Zip(new ZipBytesEntry("a", [255, 255, 255]) { Method = 8, Length = 9 }), "'a' cannot be unpacked" },
        { "many", static () => ZipBytes.Of([.. Enumerable.Range(0, 300).Select(static i => new ZipBytesEntry($"f{i}", []))]), "it has 300 entries, 1 to 256 were expected" },
        { "no zip", static () => Encoding.ASCII.GetBytes("no zip at all, and not short either"), "it is no zip file, or was cut off" },
        { "tiny", static () => [1], "it is no zip file" },
        { "cut", static () => Zip(new ZipBytesEntry("a", [1]))[..^5], "it is no zip file, or was cut off" },
        { "no manifest", static () => ZipBytes.Of(new ZipBytesEntry("a", [1])), "holds no model.json" },
    };

    [Fact]
    public void A_packed_package_comes_out_as_it_went_in()
    {
        var package = SomeModel.Package(_folder);
        var contents = PackageArchive.Pack(package, _folder.PathOf("toy.evmodel"), null);
        Assert.Equal(["LICENSE", "labels.txt", "model.json", "model.onnx"], contents.Entries.Select(static e => e.Name));
        var unpacked = ModelPackage.Load(Unpack("toy.evmodel"));
        Assert.Equal(contents.Digest, PackageContents.Of(unpacked).Digest);
        Assert.Equal(package.Identity.Sha256, unpacked.Identity.Sha256);
    }

    [Fact]
    public void The_digest_is_the_sum_of_what_sha256sum_prints()
    {
        var contents = PackageContents.Of(SomeModel.Package(_folder));
        Assert.StartsWith($"edgevision-model 1\n{Convert.ToHexStringLower(SHA256.HashData("MIT"u8))}  LICENSE\n", contents.Text, StringComparison.Ordinal);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(contents.Text))), contents.Digest);
    }

    [Fact]
    public void The_same_package_gives_the_same_bytes_wherever_and_whenever_it_is_packed()
    {
        PackageArchive.Pack(SomeModel.Package(_folder), _folder.PathOf("one.evmodel"), null);
        using var elsewhere = new TempFolder();
        var other = SomeModel.Package(elsewhere);
        foreach (var file in Directory.GetFiles(other.Folder)) File.SetLastWriteTimeUtc(file, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        File.WriteAllText(Path.Combine(other.Folder, "notes.txt"), "not part of it");
        PackageArchive.Pack(other, _folder.PathOf("two.evmodel"), null);
        Assert.Equal(File.ReadAllBytes(_folder.PathOf("one.evmodel")), File.ReadAllBytes(_folder.PathOf("two.evmodel")));
    }

    [Fact]
    public void Another_zip_program_reads_it_and_is_read()
    {
        var package = SomeModel.Package(_folder);
        var digest = PackageArchive.Pack(package, _folder.PathOf("toy.evmodel"), null).Digest;
        ZipFile.ExtractToDirectory(_folder.PathOf("toy.evmodel"), _folder.PathOf("theirs"));
        Assert.Equal(digest, PackageContents.Of(ModelPackage.Load(_folder.PathOf("theirs"))).Digest);
        ZipFile.CreateFromDirectory(package.Folder, _folder.PathOf("packed.evmodel"), CompressionLevel.Optimal, includeBaseDirectory: false);
        Assert.Equal(digest, PackageContents.Of(ModelPackage.Load(Unpack("packed.evmodel"))).Digest);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_a_package_has_not_is_refused_in_one_sentence(string row, Func<byte[]> make, string expected)
    {
        var path = _folder.Write("bad.evmodel", make());
        Directory.CreateDirectory(_folder.PathOf("out"));
        var refusal = Assert.Throws<ModelException>(() => PackageArchive.Unpack(path, _folder.PathOf("out"), 1_000_000, TestContext.Current.CancellationToken));
        Assert.True(refusal.Message.Contains(expected, StringComparison.Ordinal), $"{row}: {refusal.Message}");
        Assert.False(File.Exists(_folder.PathOf("evil")));
    }

    [Fact]
    public void Damaged_archives_are_refused_and_never_more_than_that()
    {
        PackageArchive.Pack(SomeModel.Package(_folder), _folder.PathOf("toy.evmodel"), null);
        ZipFile.CreateFromDirectory(_folder.PathOf("src-toy-1-weights"), _folder.PathOf("theirs.evmodel"), CompressionLevel.Optimal, includeBaseDirectory: false);
        byte[][] whole = [File.ReadAllBytes(_folder.PathOf("toy.evmodel")), File.ReadAllBytes(_folder.PathOf("theirs.evmodel"))];
        var random = new Random(7);
        var (refused, taken) = (0, 0);
        for (var i = 0; i < 1500; i++)
        {
            var bytes = (byte[])whole[i % 2].Clone();
            for (var n = random.Next(1, 4); n > 0; n--) bytes[random.Next(2) == 0 ? random.Next(bytes.Length) : bytes.Length - 1 - random.Next(Math.Min(300, bytes.Length))] = (byte)random.Next(256);
            if (random.Next(4) == 0) bytes = bytes[..random.Next(bytes.Length)];
            var path = _folder.Write("fuzz.evmodel", bytes);
            var target = Directory.CreateDirectory(_folder.PathOf("fuzz"));
            try
            {
                PackageArchive.Unpack(path, target.FullName, 1_000_000, TestContext.Current.CancellationToken);
                taken++;
            }
            catch (ModelException)
            {
                refused++;
            }

            Assert.All(target.GetFileSystemInfos(), static f => Assert.Equal(FileAttributes.None, f.Attributes & (FileAttributes.ReparsePoint | FileAttributes.Directory)));
            target.Delete(recursive: true);
        }

        Assert.InRange(refused, 500, 1499);
        Assert.NotEqual(0, taken);
    }

    private string Unpack(string name)
    {
        var target = Directory.CreateDirectory(_folder.PathOf("unpacked-" + name)).FullName;
        PackageArchive.Unpack(_folder.PathOf(name), target, 1_000_000, TestContext.Current.CancellationToken);
        return target;
    }

    /// <summary>With a manifest, so that its absence is not the reason.</summary>
    private static byte[] Zip(params ZipBytesEntry[] entries) => ZipBytes.Of([new ZipBytesEntry("model.json", "{}"u8.ToArray()), .. entries]);

    private static byte[] Deflated(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal)) deflate.Write(bytes);
        return packed.ToArray();
    }
}
