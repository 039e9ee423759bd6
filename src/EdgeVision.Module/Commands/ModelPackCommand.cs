using System.CommandLine;
using System.Security.Cryptography;
using EdgeVision.Models;

namespace EdgeVision.Module.Commands;

/// <summary><c>model pack</c>: a package as one file, signed or not.</summary>
internal static class ModelPackCommand
{
    private const int MaxKeyBytes = 16 << 10;

    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "Folder with a model.json, or NAME[@VERSION] of a bundled or added model" };
        var data = ModelCommand.Data();
        var output = new Option<string?>("--output", "-o") { Description = "The file to write; otherwise NAME-VERSION.evmodel where you stand", HelpName = "FILE" };
        var sign = new Option<string?>("--sign") { Description = "Private key that signs it: PEM, ECDSA on P-256, not encrypted", HelpName = "KEYFILE" };
        var pack = new Command("pack", "Packs a model with its labels, golden pictures and licence into one .evmodel file, always the same bytes for the same model. Nothing in it needs the folder any more.")
        {
            model, data, output, sign,
        };
        pack.SetAction(parsed =>
        {
            var package = new ModelLocation(parsed.GetValue(model)!, null, Environment.CurrentDirectory, parsed.GetValue(data)).Load();
            using var key = parsed.GetValue(sign) is { } file ? ReadKey(file) : null;
            var path = Path.GetFullPath(parsed.GetValue(output) ?? $"{package.Manifest.Name}-{package.Manifest.Version}{PackageArchive.Extension}");
            if (!PackageArchive.IsArchive(path)) throw new CommandException($"'{path}' is no name of a package; one that ends in {PackageArchive.Extension} was expected. Correct --output.");
            var contents = PackageArchive.Pack(package, path, key);
            if (!package.HasExpectedBoxes) Console.Error.WriteLine("golden: no golden sample says what must be found, so no node can tell whether the model works there, and a rollout refuses it. Add 'golden' to model.json (docs/models.md).");
            Console.WriteLine($"Packed {package.Manifest.Name}@{package.Manifest.Version} into '{path}' ({new FileInfo(path).Length} bytes, {(key is null ? "not signed" : $"signed by {PackageSignature.IdOf(key)}")}), digest {contents.Digest}.");
            return ExitCode.Done;
        });
        return pack;
    }

    private static ECDsa ReadKey(string path)
    {
        var key = ECDsa.Create();
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > MaxKeyBytes) throw new CommandException($"'{path}' has {file.Length} bytes, a private key was expected. Is it the right file?");
            var pem = File.ReadAllText(path);
            if (!pem.Contains("PRIVATE KEY", StringComparison.Ordinal)) throw new CommandException($"'{path}' holds no private key; PEM with -----BEGIN PRIVATE KEY----- was expected. Make a pair with edgevision model keygen.");
            key.ImportFromPem(pem);
            if (PackageTrust.Check(key.ExportSubjectPublicKeyInfoPem()) is { } wrong) throw new CommandException($"'{path}' {wrong}.");
            return key;
        }
        catch (Exception e)
        {
            key.Dispose();
            if (e is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
                throw new CommandException($"'{path}' is no key that can sign ({e.Message.TrimEnd('.')}); an unencrypted PEM file with an ECDSA key on P-256 was expected. Make a pair with edgevision model keygen.", e);
            throw;
        }
    }
}
