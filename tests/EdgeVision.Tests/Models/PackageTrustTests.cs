using System.Security.Cryptography;
using System.Text;
using EdgeVision.Configuration;
using EdgeVision.Models;

namespace EdgeVision.Tests.Models;

public sealed class PackageTrustTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ECDsa _key = SomeModel.Key();

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_package_signed_by_a_trusted_key_is_taken() => SomeModel.TrustIn(_key).Require(Signed(_key));

    [Fact]
    public void Without_keys_everybody_is_trusted() => PackageTrust.Everybody.Require(SomeModel.Package(_folder));

    [Fact]
    public void Of_several_keys_any_will_do()
    {
        using var other = SomeModel.Key();
        PackageTrust.Of([other.ExportSubjectPublicKeyInfoPem(), _key.ExportSubjectPublicKeyInfoPem()]).Require(Signed(_key));
    }

    [Fact]
    public void An_unsigned_package_is_refused_once_keys_are_set() => Refused(SomeModel.Package(_folder), "Model toy@1 is not signed, and EdgeVision:Models:TrustedKeys is set");

    [Fact]
    public void A_signature_of_another_key_is_refused()
    {
        using var other = SomeModel.Key();
        Refused(Signed(other), $"Model toy@1 is signed by the key {PackageSignature.IdOf(other)}, one of {PackageSignature.IdOf(_key)} was expected");
    }

    [Fact]
    public void A_signature_under_anothers_id_is_refused()
    {
        using var other = SomeModel.Key();
        var package = Signed(other);
        var signature = PackageSignature.Find(package.Folder)! with { KeyId = PackageSignature.IdOf(_key) };
        File.WriteAllBytes(Path.Combine(package.Folder, PackageSignature.FileName), signature.ToJson());
        Refused(package, "is not one of these files");
    }

    [Theory]
    [InlineData("labels.txt")]
    [InlineData("LICENSE")]
    [InlineData("README.md")]
    [InlineData("model.json")]
    public void A_file_changed_or_added_after_signing_is_refused(string name)
    {
        var package = Signed(_key);
        File.AppendAllText(Path.Combine(package.Folder, name), " ");
        Refused(package, "something was changed, added or removed after it was signed");
    }

    [Fact]
    public void A_file_removed_after_signing_is_refused()
    {
        var package = Signed(_key);
        File.Delete(Path.Combine(package.Folder, "LICENSE"));
        Refused(package, "something was changed, added or removed after it was signed");
    }

    [Fact]
    public void A_bare_file_is_never_signed()
    {
        var weights = _folder.Write("toy.onnx", OnnxBytes.Model("images float32 [1,3,416,416]", ["output float32 [1,3598,34]"]));
        var manifest = _folder.Write("rest.json", """{ "version": "1", "family": "nanodet", "labels": ["cat", "dog"], "input": { "colour": "bgr", "resize": "stretch" }, "decoder": { "centreOffset": 0 } }"""u8);
        Refused(ModelPackage.Load(weights, manifest), "is not signed");
    }

    [Fact]
    public void Garbage_for_a_signature_is_refused_and_never_more_than_that()
    {
        var good = Encoding.UTF8.GetString(PackageSignature.Sign(PackageContents.Of(SomeModel.Package(_folder)), _key).ToJson());
        Assert.Equal(PackageSignature.IdOf(_key), PackageSignature.Parse(Encoding.UTF8.GetBytes(good), "signature.json").KeyId);
        foreach (var bad in (string[])["", "[]", "{}", good.Replace("ecdsa-p256-sha256", "none", StringComparison.Ordinal), good.Replace("\"signature\": \"", "\"signature\": \"!", StringComparison.Ordinal), good.Replace("keyId", "keyid2", StringComparison.Ordinal)])
            Assert.Throws<ModelException>(() => PackageSignature.Parse(Encoding.UTF8.GetBytes(bad), "signature.json"));
        var random = new Random(3);
        var trust = SomeModel.TrustIn(_key);
        var package = SomeModel.Package(_folder);
        for (var i = 0; i < 500; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(good);
            bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 128);
            File.WriteAllBytes(Path.Combine(package.Folder, PackageSignature.FileName), bytes);
            try
            {
                trust.Require(package);
            }
            catch (ModelException)
            {
                continue;
            }

            // Blanks, the case of keys and bits of base64 that say nothing may differ; what they say may not.
            Assert.True(PackageSignature.Parse(bytes, "fuzzed").Value.Span.SequenceEqual(PackageSignature.Parse(Encoding.UTF8.GetBytes(good), "good").Value.Span));
        }
    }

    [Fact]
    public void Keys_come_as_files_or_as_texts_and_wrong_ones_are_told_with_their_path()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        File.WriteAllText(_folder.PathOf("good.pub"), _key.ExportSubjectPublicKeyInfoPem());
        Assert.Null(PackageTrust.Check(_folder.PathOf("good.pub")));
        Assert.Null(PackageTrust.Check(_key.ExportSubjectPublicKeyInfoPem()));
        Assert.Null(PackageTrust.Check(_key.ExportSubjectPublicKeyInfoPem().ReplaceLineEndings(" ")));
        Assert.Contains("is a private key", PackageTrust.Check(_key.ExportPkcs8PrivateKeyPem()), StringComparison.Ordinal);
        Assert.Contains("is on another curve", PackageTrust.Check(p384.ExportSubjectPublicKeyInfoPem()), StringComparison.Ordinal);
        Assert.Contains("holds no public key", PackageTrust.Check(rsa.ExportSubjectPublicKeyInfoPem()), StringComparison.Ordinal);
        Assert.Contains("holds no public key", PackageTrust.Check("-----BEGIN PUBLIC KEY-----\nxx\n-----END PUBLIC KEY-----"), StringComparison.Ordinal);
        Assert.Contains("does not exist", PackageTrust.Check(_folder.PathOf("none.pub")), StringComparison.Ordinal);

        var tree = ConfigurationTree.Parse("""{ "EdgeVision": { "TrustedKeys": ["good.pub", "none.pub"], "MaxMegabytes": 20 } }"""u8.ToArray(), "test", _folder.Path, out _)!;
        var (options, mistakes) = OptionsReading.Read(tree, ModelStoreOptions.Read);
        Assert.Equal("EdgeVision:TrustedKeys[1]", Assert.Single(mistakes).Path);
        Assert.Equal((PackageSignature.IdOf(_key), 20_000_000L), (Assert.Single(options.Trust.KeyIds), options.MaxBytes));
    }

    private ModelPackage Signed(ECDsa key)
    {
        var package = SomeModel.Package(_folder);
        PackageArchive.Pack(package, _folder.PathOf("signed.evmodel"), key);
        Directory.CreateDirectory(_folder.PathOf("signed"));
        PackageArchive.Unpack(_folder.PathOf("signed.evmodel"), _folder.PathOf("signed"), 1_000_000, TestContext.Current.CancellationToken);
        return ModelPackage.Load(_folder.PathOf("signed"));
    }

    private void Refused(ModelPackage package, string expected) =>
        Assert.Contains(expected, Assert.Throws<ModelException>(() => SomeModel.TrustIn(_key).Require(package)).Message, StringComparison.Ordinal);
}
