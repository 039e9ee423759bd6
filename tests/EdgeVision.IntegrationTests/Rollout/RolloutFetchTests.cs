using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EdgeVision.IntegrationTests.Module;
using EdgeVision.Models;

namespace EdgeVision.IntegrationTests.Rollout;

/// <summary>A node that is told to look with a model which lies elsewhere.</summary>
public sealed class RolloutFetchTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_signed_model_is_fetched_over_a_bad_network_and_marked_in_the_store()
    {
        var bytes = Packed(_key);
        await using var server = await ModelServer.StartAsync(ModelServer.File(bytes, cutAfter: 3_000_000), ModelServer.File(bytes));
        Configure(server.Url, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        await using var node = EdgeVisionProcess.Start("run", "--config", _folder.PathOf("node.json"));

        await node.LineAsync("has kept its promise and stays", error: true);

        // What is in use is not removed by another process.
        var (code, _, stderr) = await EdgeVisionProcess.RunAsync("model", "remove", "mine", "--data", _folder.PathOf("data"));
        Assert.Equal(1, code);
        Assert.Contains("Model mine@2.0 is in use, so it stays", stderr, StringComparison.Ordinal);
        Assert.StartsWith("bytes=", server.Requests.Last().Range, StringComparison.Ordinal);
        node.Terminate();
        Assert.Equal(0, await node.ExitAsync());
        Assert.Equal("""{"inUse":"mine@2.0","lastGood":"mine@2.0"}""", (await File.ReadAllTextAsync(_folder.PathOf("data/models/.marks.json"), TestContext.Current.CancellationToken)).Trim());
        Assert.Empty(Directory.GetFileSystemEntries(_folder.PathOf("data/models/.downloads")));
        Assert.DoesNotContain("SECRET", node.Stdout + node.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_nobody_trusted_signed_is_refused()
    {
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var server = await ModelServer.StartAsync(ModelServer.File(Packed(stranger)));
        Configure(server.Url, null);
        await using var node = EdgeVisionProcess.Start("run", "--config", _folder.PathOf("node.json"));
        Assert.Contains("is signed by the key", await node.LineAsync("is refused", error: true), StringComparison.Ordinal);
        node.Terminate();
        Assert.Equal(0, await node.ExitAsync());
        Assert.False(Directory.Exists(_folder.PathOf("data/models/mine")));
    }

    [Fact]
    public async Task What_cannot_be_fetched_now_is_waited_for_and_not_refused()
    {
        await using var server = await ModelServer.StartAsync(ModelServer.File(Packed(_key)));
        Configure(server.Url, null);
        var part = _folder.PathOf(Path.Combine("data/models/.downloads", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(server.Url.GetLeftPart(UriPartial.Path))))[..32]));
        Directory.CreateDirectory(part);
        await using var another = new FileStream(Path.Combine(part, ".part"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        await using var node = EdgeVisionProcess.Start("run", "--config", _folder.PathOf("node.json"));
        Assert.Contains("is being downloaded by another edgevision", await node.LineAsync("is not for this node now", error: true), StringComparison.Ordinal);
        node.Terminate();
        Assert.Equal(0, await node.ExitAsync());
        Assert.DoesNotContain("is refused", node.Stderr, StringComparison.Ordinal);
        Assert.Single(node.Stderr.Split('\n'), static l => l.Contains("it is fetched", StringComparison.Ordinal));
    }

    private void Configure(Uri source, string? sha256)
    {
        _folder.Write("fleet.pub", Encoding.ASCII.GetBytes(_key.ExportSubjectPublicKeyInfoPem()));
        _folder.Write("node.json", Encoding.UTF8.GetBytes($$$"""
            {"EdgeVision":{"Node":"press-4","DataDirectory":"data","Models":{"TrustedKeys":["fleet.pub"]},
             "ModelUpdate":{"Source":"{{{source}}}",{{{(sha256 is null ? "" : $"\"Sha256\":\"{sha256}\",")}}}"WatchSeconds":1,"MinDetections":0,"MaxSlowdown":0},
             "Mqtt":{"EmbeddedPort":0},"Cameras":{"door":{"Uri":"test:pattern?fps=10"} } } }
            """));
    }

    private byte[] Packed(ECDsa key)
    {
        var target = Directory.CreateDirectory(_folder.PathOf("package")).FullName;
        foreach (var file in Directory.EnumerateFiles(Repository.BundledModel)) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        var path = Path.Combine(target, "model.json");
        var manifest = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        (manifest["name"], manifest["version"]) = ("mine", "2.0");
        File.WriteAllText(path, manifest.ToJsonString());
        PackageArchive.Pack(ModelPackage.Load(target), _folder.PathOf("packed.evmodel"), key);
        return File.ReadAllBytes(_folder.PathOf("packed.evmodel"));
    }
}
