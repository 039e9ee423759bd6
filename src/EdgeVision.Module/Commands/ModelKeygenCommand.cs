using System.CommandLine;
using System.Security.Cryptography;
using EdgeVision.Delivery;
using EdgeVision.Models;

namespace EdgeVision.Module.Commands;

/// <summary><c>model keygen</c>: a pair of keys that sign and check packages.</summary>
internal static class ModelKeygenCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "Of the two files: NAME.key for you alone, NAME.pub for the nodes" };
        var keygen = new Command("keygen", "Makes a pair of keys (ECDSA, P-256): the private one signs packages (model pack --sign), the public one is what nodes trust (EdgeVision:Models:TrustedKeys).") { name };
        keygen.SetAction(parsed =>
        {
            var (secret, shared) = (parsed.GetValue(name) + ".key", parsed.GetValue(name) + ".pub");
            foreach (var there in new[] { secret, shared }.Where(Path.Exists)) throw new CommandException($"'{there}' is there already and stays as it is: nodes may trust it. Name another pair.");
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            try
            {
                using (var file = OwnedFile.Create(secret)) file.Write(System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
                File.WriteAllText(shared, key.ExportSubjectPublicKeyInfoPem() + "\n");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CommandException($"'{secret}' and '{shared}' cannot be written ({e.Message.TrimEnd('.')}); a folder that this user may write to was expected. Name another.", e);
            }

            Console.WriteLine($"Key {PackageSignature.IdOf(key)}: keep '{secret}' secret (edgevision model pack --sign {secret}), give '{shared}' to the nodes (EdgeVision:Models:TrustedKeys).");
            return ExitCode.Done;
        });
        return keygen;
    }
}
