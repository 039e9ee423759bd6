using System.CommandLine;
using EdgeVision.Azure.Identity;

namespace EdgeVision.Module.Commands;

/// <summary><c>secret encrypt</c>: a camera's password as a file that only this module on this device can read.</summary>
internal static class SecretCommand
{
    private const int MaxLength = 1024;

    public static Command Create()
    {
        var encrypt = new Command("encrypt", "Reads a password from standard input, its first line, and writes it encrypted by the IoT Edge runtime: for a camera's PasswordFile. Run it in the module's container.");
        encrypt.SetAction(async (_, stopping) =>
        {
            using var login = HubDoor.Login(Settings.ProcessEnvironment(), TimeProvider.System);
            if (login?.Workload is not { } workload)
                throw new CommandException("There is no IoT Edge runtime here (IOTEDGE_WORKLOADURI is not set, or a connection string stands in its place), and only it can encrypt; run this in the module: docker exec -i edgevision /opt/edgevision/edgevision secret encrypt.");
            var secret = await Console.In.ReadLineAsync(stopping) ?? "";
            if (secret.Length is 0 or > MaxLength) throw new CommandException($"Standard input holds a first line of {secret.Length} characters; a password of 1 to {MaxLength} was expected: printf %s PASSWORD | edgevision secret encrypt > FILE.");
            var (line, error) = await EncryptedText.EncryptAsync(workload, secret, CameraLogin.EncryptedPrefix, stopping);
            Console.Out.WriteLine(line ?? throw new CommandException(error!));
        });
        return new Command("secret", "Passwords at rest on an IoT Edge device.") { encrypt };
    }

    /// <summary>For cameras of a module; null elsewhere. Blocks, as opening a camera does.</summary>
    public static Func<string, (string? Password, string? Error)>? DecryptorOf(HubLogin? login, CancellationToken stopping) => login?.Workload is not { } workload
        ? null
        : line => EncryptedText.DecryptAsync(workload, line, CameraLogin.EncryptedPrefix, stopping).AsTask().GetAwaiter().GetResult();
}
