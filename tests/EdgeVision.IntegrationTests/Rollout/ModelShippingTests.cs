using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using EdgeVision.IntegrationTests.Module;
using EdgeVision.Models;

namespace EdgeVision.IntegrationTests.Rollout;

/// <summary>From a folder at one place to a model in force at another, as people type it.</summary>
public sealed class ModelShippingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_model_is_packed_signed_shipped_added_and_used()
    {
        var package = CopyBundled("mine", "2.0");
        var (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("model", "keygen", _folder.PathOf("fleet"));
        Assert.True(code == 0, stderr);
        Assert.Contains("PRIVATE KEY", File.ReadAllText(_folder.PathOf("fleet.key")), StringComparison.Ordinal);
        Assert.Contains("PUBLIC KEY", File.ReadAllText(_folder.PathOf("fleet.pub")), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.PathOf("fleet.key")));
        (code, _, stderr) = await EdgeVisionProcess.RunAsync("model", "keygen", _folder.PathOf("fleet"));
        Assert.Equal(1, code);
        Assert.Contains("is there already and stays as it is", stderr, StringComparison.Ordinal);

        var file = _folder.PathOf("mine-2.0.evmodel");
        (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("model", "pack", package, "-o", file, "--sign", _folder.PathOf("fleet.key"));
        Assert.True(code == 0, stderr);
        Assert.Contains("signed by ", stdout, StringComparison.Ordinal);
        (code, _, stderr) = await EdgeVisionProcess.RunAsync("model", "pack", package, "-o", _folder.PathOf("unsigned.evmodel"));
        Assert.True(code == 0, stderr);
        (code, stdout, _) = await EdgeVisionProcess.RunAsync("model", "inspect", file, "--format", "json");
        Assert.Equal(0, code);
        var digest = JsonNode.Parse(stdout)!["digest"]!.GetValue<string>();
        Assert.Equal(16, JsonNode.Parse(stdout)!["signedBy"]!.GetValue<string>().Length);
        (code, stdout, _) = await EdgeVisionProcess.RunAsync("model", "verify", file, "--format", "json");
        Assert.True(code == 0, stdout);

        var config = _folder.Write("node.json", """{ "EdgeVision": { "Model": "mine", "DataDirectory": "data", "Models": { "TrustedKeys": ["fleet.pub"] }, "Cameras": { "a": { "Uri": "test:pattern?fps=20" } } } }"""u8);
        (code, _, stderr) = await EdgeVisionProcess.RunAsync("model", "add", _folder.PathOf("unsigned.evmodel"), "--config", config);
        Assert.Equal(1, code);
        Assert.Contains("Model mine@2.0 is not signed", stderr, StringComparison.Ordinal);
        (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("model", "add", file, "--config", config);
        Assert.True(code == 0, stderr);
        Assert.Contains($"Added mine@2.0 (licence Apache-2.0) in '{_folder.PathOf("data/models/mine/2.0")}', digest {digest}.", stdout, StringComparison.Ordinal);
        (code, _, stderr) = await EdgeVisionProcess.RunAsync("run", "--config", config, "--frames", "2");
        Assert.True(code == 0, stderr);

        File.Delete(_folder.PathOf("data/models/mine/2.0/signature.json"));
        (code, _, stderr) = await EdgeVisionProcess.RunAsync("run", "--config", config, "--frames", "2");
        Assert.Equal(1, code);
        Assert.Contains("Model mine@2.0 is not signed", stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_that_was_killed_goes_on_in_the_next_process()
    {
        var (bytes, stalled) = (Packed(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var server = await ModelServer.StartAsync(ModelServer.Stall(bytes, bytes.Length / 2, stalled), ModelServer.File(bytes));
        var sum = Convert.ToHexStringLower(SHA256.HashData(bytes));
        await using (var first = EdgeVisionProcess.Start("model", "add", server.Url.AbsoluteUri, "--data", _folder.PathOf("data"), "--sha256", sum))
        {
            await stalled.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            await first.LineAsync($"of {bytes.Length} bytes", error: true);
            first.Kill();
            await first.ExitAsync();
        }

        var (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("model", "add", server.Url.AbsoluteUri, "--data", _folder.PathOf("data"), "--sha256", sum);
        Assert.True(code == 0, stderr);
        Assert.Contains("Added mine@2.0", stdout, StringComparison.Ordinal);
        Assert.NotNull(server.Requests.Last().Range);
        Assert.NotEqual("bytes=0-", server.Requests.Last().Range);
        Assert.DoesNotContain("SECRET", stdout + stderr, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.PathOf("data/models/.downloads")));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(_folder.PathOf("data/models")), static f => f.Contains(".unfinished", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Failures_are_one_sentence_without_the_signature_of_the_address()
    {
        await using var server = await ModelServer.StartAsync(ModelServer.File(Packed()), ModelServer.Status(404));
        var (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("model", "add", server.Url.AbsoluteUri, "--data", _folder.PathOf("data"), "--sha256", new string('1', 64));
        Assert.Equal(1, code);
        Assert.Contains($"{new string('1', 64)} was expected", stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", stdout + stderr, StringComparison.Ordinal);
        (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("run", "--camera", "test:pattern", "--data", _folder.PathOf("data"), "--model", server.Url.AbsoluteUri);
        Assert.Equal(1, code);
        Assert.DoesNotContain("SECRET", stdout + stderr, StringComparison.Ordinal);
        Assert.Contains("is not on this machine", stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_TLS_only_who_is_trusted_is_asked_and_nothing_leads_back_out_of_it()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("SSL_CERT_FILE is OpenSSL's.");
        using var certificate = SelfSigned();
        await using var server = await ModelServer.StartAsync(certificate, ModelServer.File(Packed()), ModelServer.Status(302, ("Location", "http://127.0.0.1:1/x?sig=SECRET")));
        string[] add = ["model", "add", server.Url.AbsoluteUri, "--data", _folder.PathOf("data")];
        await using (var stranger = EdgeVisionProcess.Start(add))
        {
            Assert.Contains("localhost: The remote certificate is invalid", await stranger.LineAsync("stopped after 0 bytes", error: true), StringComparison.Ordinal);
            stranger.Terminate();
            Assert.Equal(1, await stranger.ExitAsync());
        }

        var trusting = new Dictionary<string, string> { ["SSL_CERT_FILE"] = _folder.Write("ca.pem", System.Text.Encoding.ASCII.GetBytes(certificate.ExportCertificatePem())) };
        await using (var first = EdgeVisionProcess.StartWith(trusting, add)) Assert.True(await first.ExitAsync() == 0, first.Stderr);
        await using var second = EdgeVisionProcess.StartWith(trusting, add);
        Assert.Equal(1, await second.ExitAsync());
        Assert.Contains("points to 'http://127.0.0.1:1/x?…', which is not encrypted", second.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_of_the_environment_is_asked_and_its_password_stays_secret()
    {
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        var asked = AnswerAsync(proxy);
        var environment = new Dictionary<string, string> { ["HTTPS_PROXY"] = $"http://user:PASSWORD@127.0.0.1:{((IPEndPoint)proxy.LocalEndpoint).Port}", ["NO_PROXY"] = "" };
        await using var process = EdgeVisionProcess.StartWith(environment, "model", "add", "https://models.invalid/toy.evmodel?sig=SECRET", "--data", _folder.PathOf("data"));
        Assert.StartsWith("CONNECT models.invalid:443 ", await asked.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await process.LineAsync("stopped after 0 bytes", error: true);
        process.Terminate();
        Assert.Equal(1, await process.ExitAsync());
        Assert.DoesNotContain("SECRET", process.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("PASSWORD", process.Stderr, StringComparison.Ordinal);
    }

    /// <summary>Keys may live in a vault, and signatures be made by a tool of its own.</summary>
    [Fact]
    public async Task OpenSSL_checks_our_signature_and_we_check_the_one_it_makes()
    {
        if (await RunAsync("openssl", "version") is null) Assert.Skip("openssl is not installed; test.sh installs it.");
        Assert.NotNull(await RunAsync("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", _folder.PathOf("k.pem")));
        Assert.NotNull(await RunAsync("openssl", "ec", "-in", _folder.PathOf("k.pem"), "-pubout", "-out", _folder.PathOf("k.pub")));
        var package = CopyBundled("mine", "2.0");
        var (code, _, stderr) = await EdgeVisionProcess.RunAsync("model", "pack", package, "-o", _folder.PathOf("a.evmodel"), "--sign", _folder.PathOf("k.pem"));
        Assert.True(code == 0, stderr);

        // As docs/models.md has it, with nothing of ours.
        var list = await RunAsync("sh", "-c", "cd \"$0\" && (echo 'edgevision-model 1'; sha256sum LICENSE NOTICE README.md golden.jpg labels.txt model.json model.onnx)", package);
        _folder.Write("list", System.Text.Encoding.UTF8.GetBytes(list!));
        Directory.CreateDirectory(_folder.PathOf("out"));
        PackageArchive.Unpack(_folder.PathOf("a.evmodel"), _folder.PathOf("out"), 1 << 30, TestContext.Current.CancellationToken);
        _folder.Write("ours.der", PackageSignature.Find(_folder.PathOf("out"))!.Value.Span);
        Assert.Contains("Verified OK", await RunAsync("openssl", "dgst", "-sha256", "-verify", _folder.PathOf("k.pub"), "-signature", _folder.PathOf("ours.der"), _folder.PathOf("list")), StringComparison.Ordinal);

        Assert.NotNull(await RunAsync("openssl", "dgst", "-sha256", "-sign", _folder.PathOf("k.pem"), "-out", _folder.PathOf("theirs.der"), _folder.PathOf("list")));
        var signature = new PackageSignature(PackageSignature.Find(_folder.PathOf("out"))!.KeyId, File.ReadAllBytes(_folder.PathOf("theirs.der")));
        File.WriteAllBytes(Path.Combine(package, PackageSignature.FileName), signature.ToJson());
        PackageTrust.Of([_folder.PathOf("k.pub")]).Require(ModelPackage.Load(package));
        // And it travels on when somebody packs it without a key.
        var contents = PackageArchive.Pack(ModelPackage.Load(package), _folder.PathOf("b.evmodel"), null);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(list!))), contents.Digest);
    }

    private static async Task<string> AnswerAsync(TcpListener proxy)
    {
        using var client = await proxy.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        var first = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        await stream.WriteAsync("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        return first ?? "";
    }

    private static async Task<string?> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private byte[] Packed()
    {
        PackageArchive.Pack(ModelPackage.Load(CopyBundled("mine", "2.0")), _folder.PathOf("packed.evmodel"), null);
        return File.ReadAllBytes(_folder.PathOf("packed.evmodel"));
    }

    private string CopyBundled(string name, string version)
    {
        var target = Directory.CreateDirectory(_folder.PathOf("package")).FullName;
        foreach (var file in Directory.EnumerateFiles(Repository.BundledModel)) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        var path = Path.Combine(target, "model.json");
        var manifest = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        (manifest["name"], manifest["version"]) = (name, version);
        File.WriteAllText(path, manifest.ToJsonString());
        return target;
    }
}
